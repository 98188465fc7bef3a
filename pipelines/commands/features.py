"""``loupe features``: register the definitions, bring rows online."""

import typer

from pipelines.commands.options import DEFAULT_HOME, AsOf, Home
from pipelines.progress import bar, console

app = typer.Typer(no_args_is_help=True, help="The feature store: definitions, offline rows, online rows.")


@app.command()
def apply(home: Home = DEFAULT_HOME) -> None:
    """Publish what the jobs wrote as offline rows and register every definition with Feast."""
    from features.feast_store.repository import apply as register
    from features.offline.publish import publish
    from pipelines.loop import existing

    with bar("offline rows") as progress:
        rows = publish(existing(home), progress=progress)
        register(home)
    for view, count in rows.items():
        console.print(f"  {view:<18}{count:>12,} rows", highlight=False)
    console.print(f"Registered in [bold]{home / 'features' / 'registry.db'}[/]", highlight=False)


@app.command()
def materialize(home: Home = DEFAULT_HOME, as_of: AsOf = "") -> None:
    """Bring the newest offline row of every entity up to --as-of online, packed, through Feast."""
    from features.feast_store.repository import materialize as bring
    from pipelines.loop import moment

    with bar("online rows") as progress:
        bring(home, until=moment(as_of, home), progress=progress)
    console.print(f"Wrote [bold]{home / 'features' / 'online.sqlite'}[/]", highlight=False)
