"""``loupe train``, ``loupe evaluate``, ``loupe promote``: the life of a model."""

from typing import Annotated, Literal

import typer

from pipelines.commands.options import DEFAULT_HOME, AsOf, Home, Seed
from pipelines.progress import bar, console

Objective = Annotated[
    Literal["heads", "lambdarank"],
    typer.Option(help="heads: P(action) × weight. lambdarank: the order itself."),
]


def train(
    home: Home = DEFAULT_HOME, as_of: AsOf = "", objective: Objective = "heads", seed: Seed = 0,
    days: Annotated[float, typer.Option(min=0.1, help="Days before --as-of to learn from.")] = 6,
    sample: Annotated[int, typer.Option(min=1_000, help="At most so many impressions.")] = 300_000,
) -> None:  # fmt: skip
    """Train a ranker on what was shown and what followed; register it as the candidate.

    The last day is held out for the figures below. Nothing is served until loupe promote.
    """
    from pipelines.loop import moment, train_and_compile
    from pipelines.measured import heads_table, offline_table
    from pipelines.report import rich_table

    with bar("training") as progress:
        report = train_and_compile(
            home, as_of=moment(as_of, home), days=days, objective=objective, sample=sample, seed=seed,
            progress=progress,
        )  # fmt: skip
    console.print(rich_table(offline_table(report.comparison)))
    console.print(rich_table(heads_table(report.heads)))
    console.print(
        f"Registered [bold]{report.version}[/] in {home / 'bundles' / report.version}", highlight=False
    )


def evaluate(
    home: Home = DEFAULT_HOME, as_of: AsOf = "",
    days: Annotated[float, typer.Option(min=0.1, help="Days before --as-of to judge on.")] = 1.0,
    version: Annotated[str, typer.Option(help="A version, or an alias such as champion.")] = "champion",
) -> None:  # fmt: skip
    """Judge a model on a period of the lake against random, popularity, chronological and CF alone."""
    from pipelines.loop import moment
    from pipelines.measured import heads_table, offline_table
    from pipelines.report import rich_table
    from training import evaluate as judge

    with bar("evaluating") as progress:
        judged = judge(home, as_of=moment(as_of, home), days=days, version=version, progress=progress)
    console.print(rich_table(offline_table(judged.comparison)))
    console.print(rich_table(heads_table(judged.heads)))


def promote(
    home: Home = DEFAULT_HOME,
    version: Annotated[str, typer.Argument(help="A version; the newest candidate when left out.")] = "",
    alias: Annotated[str, typer.Option(help="The alias to move.")] = "champion",
    force: Annotated[bool, typer.Option("--force", help="Promote although it is clearly worse.")] = False,
) -> None:
    """Let a model serve: move the alias in the registry and the folder that the service watches."""
    from pipelines.loop import existing
    from training import promote as move

    moved = move(existing(home), version, alias=alias, force=force)
    console.print(
        f"[bold]{moved.alias}[/] is now {moved.version} (before: {moved.previous or 'none'})", highlight=False
    )
