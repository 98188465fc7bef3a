"""``loupe play``, ``loupe load``, ``loupe lake``: what brings events in."""

from pathlib import Path
from typing import Annotated

import typer

from feed_core.model.clock import SetClock
from feed_core.model.errors import InvalidInput
from pipelines.commands.options import DEFAULT_HOME, Home, Seed
from pipelines.profile import ProfileName, existing, open_core, settings_of
from pipelines.progress import bar, console


def play(
    home: Home = DEFAULT_HOME,
    people: Annotated[int, typer.Option(min=10, help="How many people live in it.")] = 2_000,
    days: Annotated[int, typer.Option(min=1, max=365, help="How many days are played.")] = 14,
    seed: Seed = 7, profile: ProfileName = "embedded",
) -> None:  # fmt: skip
    """Play a simulated society through the feed core: people with tastes post, read and react.

    Writes the stores and the event log of the home folder, and the planted truth to truth.npz,
    which no feature reads. Needs a home that holds no society yet.
    """
    from pipelines.loop import play_society
    from pipelines.society.config import SocietyConfig

    with bar(f"playing {days} days") as progress:
        report = play_society(
            home, SocietyConfig(people=people, days=days, horizon_days=days + 7), seed, progress,
            settings=settings_of(profile),
        )  # fmt: skip
    console.print(f"Played {days} days into [bold]{home}[/]:", highlight=False)
    for name, count in report._asdict().items():
        console.print(f"  {name:<14}{count:>12,}", highlight=False)


def load(
    folder: Annotated[Path, typer.Argument(help="Folder with users, follows, posts, engagements.")],
    home: Home = DEFAULT_HOME,
    data: Annotated[
        str, typer.Option(help="A named data set instead of the import format: lastfm, lbsn2vec, ml-100k.")
    ] = "",
    set_name: Annotated[str, typer.Option("--set", help="Which part of it, such as NYC for lbsn2vec.")] = "",
    profile: ProfileName = "embedded",
) -> None:
    """Load data from elsewhere through the feed core, in order of time.

    The import format is CSV, JSONL or Parquet: users, follows, posts, engagements. Bad rows go to
    import/NAME.rejects.jsonl in the home with file, line and reason; the rest goes in. Loading again
    adds only what is new.
    """
    from pipelines.datasets import read_dataset
    from pipelines.importing import load_folder, load_tables

    if not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder.", fix="Name the folder that holds the files.")
    clock = SetClock(0)
    core = open_core(home, settings_of(profile), clock=clock)
    try:
        with bar("loading") as progress:
            if data:
                tables = read_dataset(data, folder, set_name or None)
                report = load_tables(core, tables, clock=clock, home=home, source=data, progress=progress)
            else:
                report = load_folder(core, folder, clock=clock, home=home, progress=progress)
    finally:
        core.close()
    for table, count in report.accepted.items():
        console.print(f"  {table:<14}{count:>12,} loaded", highlight=False)
    if report.rejected:
        console.print(
            f"[yellow]{report.rejected:,} rows rejected[/]: see {report.reject_file}", highlight=False
        )


def lake(
    home: Home = DEFAULT_HOME,
    rebuild: Annotated[bool, typer.Option(help="Write the lake again from the event log.")] = False,
    profile: ProfileName = "embedded",
) -> None:
    """Bring what is new in the event log to Parquet by day; each event once, however often this runs."""
    from pipelines.lake import rebuild as rebuild_lake
    from pipelines.lake import update_lake

    core = open_core(existing(home), settings_of(profile))
    try:
        with bar("event log to lake") as progress:
            report = (rebuild_lake if rebuild else update_lake)(core.stores.events, home, progress=progress)
    finally:
        core.close()
    console.print(
        f"{report.rows:,} rows in {len(report.days)} days under [bold]{home / 'lake'}[/]", highlight=False
    )
    if report.lost:
        console.print(
            f"[yellow]{report.lost:,} records are lost to it[/]: the event log let go of them before it ran. "
            "Run it at least every week.", highlight=False,
        )  # fmt: skip
