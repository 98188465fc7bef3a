"""``loupe regions``: two regions that both took writes are brought together."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from feed_core.core import FeedCore
from feed_core.model.errors import InvalidInput
from feed_core.services.regions import settle as settle_regions
from feed_core.settings import Settings, read_settings
from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.profile import ProfileName, existing, open_core, settings_of
from pipelines.progress import bar, console
from pipelines.stack.variables import FILE, read_environment

app = typer.Typer(no_args_is_help=True, help="Several regions that each take writes.")


@app.callback()
def regions() -> None:
    """Several regions that each take writes; LOUPE_REGION names each one's processes."""


@app.command()
def settle(
    other: Annotated[Path, typer.Argument(help="Home of the other region, or the folder of its stack.")],
    names: Annotated[str, typer.Option(help="The two regions, such as eu,us: this one's first.")],
    home: Home = DEFAULT_HOME,
    profile: ProfileName = "embedded",
) -> None:
    """Tell each of two regions what the other knows of the people and posts that both have.

    Profiles: the last write of each field wins. Settings: no edit that the other had not seen is lost.
    Counts of posts: the sum of what each region counted. Run it as often as you like, in either order.

    Name the regions before both take writes. Of a setting that both edited under one name, or none, the
    later edit is sure to stay, and of earlier ones none.
    """
    here_name, there_name = _two(names)
    here = _open(existing(home), settings_of(profile), here_name)
    try:
        there = _open(existing(other), _settings_in(other), there_name)
        try:
            with bar("settling"):
                people, posts = settle_regions(here.regions, there.regions)
        finally:
            there.close()
    finally:
        here.close()
    console.print(f"Both know the same of {people:,} people and {posts:,} posts.", highlight=False)


def _two(names: str) -> tuple[str, str]:
    here, _, there = names.partition(",")
    if not here or not there or here == there:
        raise InvalidInput(f"{names!r} does not name two regions.", fix="Write --names eu,us.")
    return here, there


def _open(home: Path, settings: Settings, region: str) -> FeedCore:
    read_settings({"LOUPE_REGION": region})
    return open_core(home, msgspec.structs.replace(settings, region=region))


def _settings_in(folder: Path) -> Settings:
    """The other region's own: its servers where a stack is, else the stores in the folder."""
    if (folder / FILE).exists():
        return read_settings({}, profile="production", defaults=read_environment(folder))
    return read_settings({}, profile="embedded")
