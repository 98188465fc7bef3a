"""Which stores a command works on: the home's own, or servers that variables or this machine's stack name."""

from pathlib import Path
from typing import Annotated

import typer

from feed_core.core import FeedCore
from feed_core.model.clock import Clock
from feed_core.model.errors import NotFound
from feed_core.settings import Profile, Settings, read_settings
from pipelines.stack.environment import read_environment
from pipelines.stack.layout import default_home

ProfileName = Annotated[
    Profile,
    typer.Option(
        "--profile",
        envvar="LOUPE_PROFILE",
        help="embedded: stores in the home folder. production: Postgres, Cassandra, Redis, Kafka; those of "
        "the LOUPE_* variables, else those of loupe stack up on this machine.",
    ),
]


def settings_of(profile: Profile) -> Settings:
    """The process's settings; servers that no variable names are those of this machine's stack.

    Raises ``InvalidInput`` as ``read_settings`` does.
    """
    return read_settings(profile=profile, defaults=_stack() if profile == "production" else None)


def open_core(home: Path, settings: Settings, *, clock: Clock | None = None) -> FeedCore:
    """The feed core of ``settings``; ``home`` holds the stores of the embedded profile."""
    return FeedCore.open(
        home, clock=clock, mode=settings.timeline_mode, celebrity_threshold=settings.celebrity_threshold,
        servers=settings.servers, region=settings.region,
    )  # fmt: skip


def _stack() -> dict[str, str]:
    try:
        return read_environment(default_home())
    except NotFound:
        return {}
