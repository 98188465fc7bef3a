"""``loupe spark``: the jobs over the lake, and trends out of Kafka."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipelines.commands.options import DEFAULT_HOME, AsOf, Home, Master, Seed
from pipelines.profile import ProfileName, existing, settings_of
from pipelines.progress import bar, console

app = typer.Typer(no_args_is_help=True, help="Batch jobs: tastes, tags, discoveries, trends, statistics.")
Engine = Annotated[
    Literal["implicit", "mllib"], typer.Option(help="implicit: one machine, fast. mllib: on the cluster.")
]
Days = Annotated[int, typer.Option(min=1, max=60, help="How many daily snapshots, ending at --as-of.")]
Source = Annotated[
    Literal["lake", "kafka"],
    typer.Option(
        help="lake: what loupe lake has brought. kafka: straight out of Kafka, without waiting for it."
    ),
]
HalfLife = Annotated[
    float | None,
    typer.Option(
        min=0.1, help="Days after which an action counts half; default: 7, and 180 in a loaded history."
    ),
]


def _wrote(*folders: Path) -> None:
    for folder in folders:
        console.print(f"Wrote [bold]{folder}[/]", highlight=False)


@app.command()
def cf(
    home: Home = DEFAULT_HOME, as_of: AsOf = "", days: Days = 1, engine: Engine = "implicit",
    half_life: HalfLife = None,
    master: Master = "local[*]",
) -> None:  # fmt: skip
    """Collaborative filtering: factors, candidates and neighbours from who did what, faded by time.

    Candidates are posts of the last 7 days; of any age in a loaded history.
    """
    from pipelines.fading import fading_of
    from pipelines.loop import midnights, moment
    from pipelines.spark import cf as job
    from pipelines.spark.session import open_session

    as_ofs, fading = midnights(moment(as_of, home), days), fading_of(home)
    settings = job.CfSettings(
        engine=engine, half_life_days=half_life or fading.half_life_days, max_age_days=fading.max_age_days
    )
    with bar("collaborative filtering") as progress:
        spark = open_session(existing(home), master=master)
        _wrote(*job.run(spark, home, as_ofs=as_ofs, settings=settings, progress=progress))


@app.command()
def tags(
    home: Home = DEFAULT_HOME, as_of: AsOf = "", days: Days = 1, half_life: HalfLife = None,
    master: Master = "local[*]",
) -> None:  # fmt: skip
    """Profile tags: each person's weighted hashtags, from own engagement and from neighbours'."""
    from pipelines.fading import fading_of
    from pipelines.loop import midnights, moment
    from pipelines.spark import tags as job
    from pipelines.spark.session import open_session

    as_ofs = midnights(moment(as_of, existing(home)), days)
    settings = job.TagSettings(half_life_days=half_life or fading_of(home).half_life_days)
    with bar("profile tags") as progress:
        spark = open_session(home, master=master)
        _wrote(*job.run(spark, home, as_ofs=as_ofs, settings=settings, progress=progress))


@app.command()
def discovery(home: Home = DEFAULT_HOME, as_of: AsOf = "", days: Days = 1, seed: Seed = 0) -> None:
    """Discovery: for everybody the posts they have not met and may like, and what speaks for each.

    From what friends and people of the same taste chose, and from what is popular; for histories of years
    rather than a feed's days. Needs loupe spark cf for the same moments. Runs on this machine, with scipy
    and implicit, like the implicit engine of cf.
    """
    from pipelines.discovery import job
    from pipelines.loop import midnights, moment

    with bar("discovery") as progress:
        as_ofs = midnights(moment(as_of, existing(home)), days)
        _wrote(*job.run(home, as_ofs=as_ofs, seed=seed, progress=progress))


@app.command()
def trends(
    home: Home = DEFAULT_HOME, source: Source = "lake",
    window_hours: Annotated[int, typer.Option(min=1, help="Length of a window in hours.")] = 1,
    master: Master = "local[*]", profile: ProfileName = "embedded",
) -> None:  # fmt: skip
    """Trends: hashtags by window and place against their own baseline.

    Only posts of accounts that are open to everybody now count. With --source kafka what is new in Kafka is
    taken into spark/stream in the home, and all that lies there is counted; what cannot be read is set aside.
    """
    from feed_core.model.clock import HOUR
    from pipelines.loop import write_trends
    from pipelines.spark.stream import rejected_files

    with bar("trends"):
        windows_ms, settings = (window_hours * HOUR,), settings_of(profile)
        wrote = write_trends(
            home, windows_ms=windows_ms, master=master, settings=settings, from_kafka=source == "kafka"
        )
    _wrote(wrote)
    if source == "kafka":
        for file in rejected_files(home):
            console.print(f"[yellow]Records that cannot be read[/]: see {file}", highlight=False)


@app.command()
def stats(home: Home = DEFAULT_HOME, master: Master = "local[*]") -> None:
    """Statistics of users, authors, posts and pairs: every windowed count, over all of history."""
    from pipelines.spark import stats as job
    from pipelines.spark.session import open_session

    with bar("statistics") as progress:
        _wrote(job.run(open_session(existing(home), master=master), home, progress=progress))
