"""``loupe features``: register the definitions, bring rows online."""

import typer

from pipelines.commands.options import DEFAULT_HOME, AsOf, Home
from pipelines.profile import ProfileName, existing, online_url, settings_of
from pipelines.progress import bar, console

app = typer.Typer(no_args_is_help=True, help="The feature store: definitions, offline rows, online rows.")


@app.command()
def apply(home: Home = DEFAULT_HOME, profile: ProfileName = "embedded") -> None:
    """Publish what the jobs wrote as offline rows and register every definition with Feast."""
    from features.feast_store.repository import apply as register
    from features.offline.publish import publish

    settings = settings_of(profile)
    with bar("offline rows") as progress:
        rows = publish(existing(home), progress=progress)
        register(home, online_url(settings))
    for view, count in rows.items():
        console.print(f"  {view:<18}{count:>12,} rows", highlight=False)
    console.print(f"Registered in [bold]{home / 'features' / 'registry.db'}[/]", highlight=False)


@app.command()
def materialize(home: Home = DEFAULT_HOME, as_of: AsOf = "", profile: ProfileName = "embedded") -> None:
    """Bring the newest offline row of every entity up to --as-of online, packed, through Feast.

    With --profile production they go to Redis, where loupe serve reads them, else to a file of the home.
    """
    from features.feast_store.repository import materialize as bring
    from pipelines.loop import moment

    url = online_url(settings_of(profile))
    with bar("online rows") as progress:
        bring(home, until=moment(as_of, home), progress=progress, url=url)
    place = "the rows in Redis" if url else home / "features" / "online.sqlite"
    console.print(f"Wrote [bold]{place}[/]", highlight=False)
