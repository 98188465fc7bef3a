"""``loupe train``, ``loupe evaluate``, ``loupe promote``: the life of a model."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from feed_core.settings import Settings
from pipelines.commands.options import DEFAULT_HOME, AsOf, Home, Master, Seed
from pipelines.profile import ProfileName, existing, mlflow_url, settings_of
from pipelines.progress import bar, console

Objective = Annotated[
    Literal["heads", "lambdarank", "choices"] | None,
    typer.Option(
        help="heads: P(action) × weight. lambdarank: the order itself. choices: the order of what people "
        "chose, for a loaded history without impressions. Default: choices there, else heads."
    ),
]
WindowDays = Annotated[
    int,
    typer.Option(
        min=0, max=365,
        help="For choices: the days after a moment in which a choice counts. Default: 30, or the longest of "
        "14, 7, 3 and 1 of which five fit before the last fifth of the choices.",
    ),
]  # fmt: skip


def train(
    home: Home = DEFAULT_HOME, as_of: AsOf = "", objective: Objective = None, seed: Seed = 0,
    days: Annotated[float, typer.Option(min=0.1, help="Days of impressions to learn from.")] = 6,
    sample: Annotated[int, typer.Option(min=1_000, help="At most so many impressions.")] = 300_000,
    window_days: WindowDays = 0, master: Master = "local[*]", profile: ProfileName = "embedded",
) -> None:  # fmt: skip
    """Train a ranker on what was shown and what followed; register it as the candidate.

    The last day is held out for the figures below. With the objective choices it learns from what people
    chose after earlier moments, and holds out the last window. Nothing is served until loupe promote.
    MLflow keeps the run in the home, with --profile production in Postgres.
    """
    from pipelines.fading import holds_choices
    from pipelines.loop import moment, train_and_compile
    from pipelines.measured import heads_table, offline_table
    from pipelines.report import rich_table

    until, settings = moment(as_of, home), settings_of(profile)
    if objective == "choices" or (objective is None and holds_choices(home)):
        _train_choices(home, until, window_days, seed, master, settings)
        return
    with bar("training") as progress:
        report = train_and_compile(
            home, as_of=until, days=days, objective=objective or "heads", sample=sample, seed=seed,
            progress=progress, settings=settings,
        )  # fmt: skip
    console.print(rich_table(offline_table(report.comparison)))
    console.print(rich_table(heads_table(report.heads)))
    _registered(home, report.version)


def _train_choices(
    home: Path, as_of: int, window_days: int, seed: int, master: str, settings: Settings
) -> None:
    from pipelines.choices import plan_of, train_choices
    from pipelines.measured import choices_table
    from pipelines.report import rich_table

    plan = plan_of(home, as_of=as_of, window_days=window_days)
    with bar("training") as progress:
        trained = train_choices(
            home, plan, seed=seed, master=master, progress=progress, mlflow_url=mlflow_url(settings)
        )
    for version, report in {one.version: one for one in trained}.items():
        title = f"Offline: model {version} on the {plan.window.days} days after what it learned from"
        console.print(rich_table(choices_table(report.comparison, title)))
    _registered(home, trained.served.version)


def _registered(home: Path, version: str) -> None:
    console.print(f"Registered [bold]{version}[/] in {home / 'bundles' / version}", highlight=False)


def evaluate(
    home: Home = DEFAULT_HOME, as_of: AsOf = "",
    days: Annotated[
        float | None,
        typer.Option(min=0.1, help="Days before --as-of to judge on; default: 1, for choices the 30 or "
        "fewer that train would choose."),
    ] = None,
    version: Annotated[
        str, typer.Option(help="A version, or an alias such as champion or candidate.")
    ] = "champion",
    master: Master = "local[*]", profile: ProfileName = "embedded",
) -> None:  # fmt: skip
    """Judge a model on a period of the lake against random, popularity, chronological and CF alone.

    A model of choices is judged on what people chose anew in those days, out of all their candidates.
    """
    from pipelines.choices import ranks_choices
    from pipelines.loop import moment
    from pipelines.measured import heads_table, offline_table
    from pipelines.report import rich_table
    from training import evaluate as judge
    from training.registry import bundle_named

    until = moment(as_of, home)
    version = bundle_named(home, version, mlflow_url=mlflow_url(settings_of(profile)))
    if ranks_choices(home, version):
        _evaluate_choices(home, until, days, version, master)
        return
    with bar("evaluating") as progress:
        judged = judge(home, as_of=until, days=days or 1.0, version=version, progress=progress)
    console.print(rich_table(offline_table(judged.comparison)))
    console.print(rich_table(heads_table(judged.heads)))


def _evaluate_choices(home: Path, as_of: int, days: float | None, version: str, master: str) -> None:
    from feed_core.model.clock import DAY, to_rfc3339
    from pipelines.choices import evaluate_choices, learned_until, usual_days
    from pipelines.measured import choices_table
    from pipelines.report import rich_table

    length = days or usual_days(home, as_of)
    with bar("evaluating") as progress:
        judged = evaluate_choices(
            home, as_of=as_of, days=length, version=version, master=master, progress=progress
        )
    title = f"Offline: model {judged.version}, {length:g} days until {to_rfc3339(as_of)}"
    console.print(rich_table(choices_table(judged.comparison, title)))
    if (known := learned_until(home, version)) > as_of - length * DAY:
        console.print(
            f"[yellow]It has learned up to {to_rfc3339(known)}[/], so it knew some of these days.",
            highlight=False,
        )


def promote(
    home: Home = DEFAULT_HOME,
    version: Annotated[str, typer.Argument(help="A version; the newest candidate when left out.")] = "",
    alias: Annotated[str, typer.Option(help="The alias to move.")] = "champion",
    force: Annotated[bool, typer.Option("--force", help="Promote although it is clearly worse.")] = False,
    profile: ProfileName = "embedded",
) -> None:
    """Let a model serve: move the alias in the registry and the folder that the service watches."""
    from training import promote as move

    url = mlflow_url(settings_of(profile))
    moved = move(existing(home), version, alias=alias, force=force, mlflow_url=url)
    console.print(
        f"[bold]{moved.alias}[/] is now {moved.version} (before: {moved.previous or 'none'})", highlight=False
    )
