"""``loupe demo``: the whole loop, the report, the console."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from feed_core.model.errors import InvalidInput
from pipelines.commands.options import DEFAULT_HOME, Home, Master, Seed
from pipelines.commands.serve import Port
from pipelines.commands.serve import serve as serve_home
from pipelines.progress import console
from pipelines.report import Report, rich_table

Data = Annotated[
    Literal["society", "lastfm", "lbsn2vec", "ml-100k"],
    typer.Option(help="A simulated society, or real data from --path."),
]


def demo(
    home: Home = DEFAULT_HOME, data: Data = "society", seed: Seed = 7, port: Port = 8000,
    master: Master = "local[*]",
    path: Annotated[Path | None, typer.Option(help="Folder of the real data.")] = None,
    set_name: Annotated[str, typer.Option("--set", help="Which part of it, such as NYC for lbsn2vec.")] = "",
    people: Annotated[int, typer.Option(min=40, help="People in the society.")] = 2_000,
    days: Annotated[int, typer.Option(min=3, max=60, help="Days played before the closed loop.")] = 14,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the console afterwards.")] = True,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start over although the home has a run.")] = False,
) -> None:  # fmt: skip
    """Play the whole loop, print what it measured, and serve the console.

    Events go from people through the feed core to the lake, through Spark to features, through
    training to a model, and back to people as ranked timelines. Running it again goes on where it
    stopped; a finished run only prints its report.
    """
    if data == "society":
        from pipelines.demo import Demo
        from pipelines.society.config import SocietyConfig

        config = SocietyConfig(people=people, days=days, horizon_days=days + 7)
        _print(Demo(home, config, seed, master, fresh=fresh).run())
    else:
        if path is None:
            raise InvalidInput(f"--data {data} needs the folder of its files.", fix="Name it with --path.")
        from pipelines.real_demo import RealDemo

        _print(RealDemo(home, data, path, set_name, seed, master, fresh=fresh).run())
    if serve:
        serve_home(home, port)


def _print(report: Report) -> None:
    console.print(f"\n[bold]{report.title}[/]", highlight=False)
    for table in report.tables:
        console.print(rich_table(table), "")
    spent = " · ".join(f"{stage} {seconds:.0f} s" for stage, seconds in report.seconds.items())
    console.print(f"[dim]{spent} · {sum(report.seconds.values()):.0f} s in all[/]", highlight=False)
