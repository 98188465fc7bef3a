"""``loupe demo``: the whole loop, the report, the console."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from feed_core.model.errors import InvalidInput
from feed_core.settings import Profile
from pipelines.commands.options import DEFAULT_HOME, Home, Master, Seed
from pipelines.commands.serve import Port, clock_of, serve_with
from pipelines.commands.work import working
from pipelines.profile import ProfileName, settings_of
from pipelines.progress import console
from pipelines.report import Report, rich_table, timelines_table

Data = Annotated[
    Literal["society", "lastfm", "lbsn2vec", "ml-100k"],
    typer.Option(help="A simulated society, or real data from --path."),
]


_OF_SOCIETY, _OF_REAL_DATA = ("people", "days", "loop_days"), ("path", "set_name")


def demo(
    context: typer.Context,
    home: Home = DEFAULT_HOME, data: Data = "society", seed: Seed = 7, port: Port = 8000,
    master: Master = "local[*]",
    path: Annotated[Path | None, typer.Option(help="Folder of the real data.")] = None,
    set_name: Annotated[str, typer.Option("--set", help="Which part of it, such as NYC for lbsn2vec.")] = "",
    people: Annotated[int, typer.Option(min=40, help="People in the society.")] = 2_000,
    days: Annotated[int, typer.Option(min=3, max=60, help="Days played before the closed loop.")] = 14,
    loop_days: Annotated[int, typer.Option(min=1, max=60, help="Days of the closed loop.")] = 7,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the console afterwards.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over although the home has a run.")] = False,
    profile: ProfileName = "embedded",
) -> None:  # fmt: skip
    """Play the whole loop, print what it measured, and serve the console.

    Events go from people through the feed core to the lake, through Spark to features, through
    training to a model, and back to people as ranked timelines. Running it again goes on where it
    stopped; a finished run only prints its report.

    With --profile production the same society lives on real servers: Postgres, Cassandra, Redis, Kafka.
    Those of this machine are started first (loupe stack up) unless LOUPE_* variables name others; they must
    be empty or hold an earlier run of the same --home. The timelines in the report are those of an embedded
    run with the same people, days and seed.
    """
    _refuse_others(context, data, _OF_REAL_DATA if data == "society" else _OF_SOCIETY)
    if data == "society":
        _play(home, people, days, loop_days, seed, master, port if serve else 0, profile, fresh=fresh)
        return
    if path is None:
        raise InvalidInput(f"--data {data} needs the folder of its files.", fix="Name it with --path.")
    if profile != "embedded":
        raise InvalidInput(
            f"--data {data} plays in the home's own stores alone.",
            fix="Leave --profile out, or bring the data to the servers with loupe load --profile production.",
        )
    from pipelines.real_demo import RealDemo

    _print(RealDemo(home, data, path, set_name, seed, master, fresh=fresh).run())
    if serve:
        _serve(home, port, profile)


def _refuse_others(context: typer.Context, data: str, names: Sequence[str]) -> None:
    """Raises ``InvalidInput`` for an option on the command line that says nothing about this data."""
    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        if option.name in names and source is not None and source.name == "COMMANDLINE":
            raise InvalidInput(f"{option.opts[0]} says nothing about --data {data}.", fix="Leave it out.")


def _play(
    home: Path, people: int, days: int, loop_days: int, seed: int, master: str, port: int, profile: Profile,
    *, fresh: bool,
) -> None:  # fmt: skip
    """Port 0 serves nothing."""
    from pipelines.demo import Demo
    from pipelines.ready_servers import ready_settings
    from pipelines.society.config import SocietyConfig

    config = SocietyConfig(people=people, days=days, horizon_days=days + loop_days)
    settings = ready_settings(profile)
    _print(Demo(home, config, seed, master, fresh=fresh, settings=settings, loop_days=loop_days).run())
    if port:
        _serve(home, port, profile)


def _serve(home: Path, port: int, profile: Profile) -> None:
    """The played people have no passwords, so whoever looks at the console needs none either."""
    settings = settings_of(profile, {"LOUPE_AUTH": "open"})
    clock = clock_of(home, settings=settings)
    if settings.servers is None:
        serve_with(home, port, clock, settings)
        return
    with working(home, clock, settings):
        serve_with(home, port, clock, settings)


def _print(report: Report) -> None:
    console.print(f"\n[bold]{report.title}[/]", highlight=False)
    for table in report.tables:
        console.print(rich_table(table), "")
    if report.timelines:
        console.print(timelines_table(report.timelines), "")
    spent = " · ".join(f"{stage} {seconds:.0f} s" for stage, seconds in report.seconds.items())
    console.print(f"[dim]{spent} · {sum(report.seconds.values()):.0f} s in all[/]", highlight=False)
