"""Which stores a command works on: the home's own, or servers that variables or this machine's stack name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from features.online import OnlineRows, open_online
from feed_core.core import FeedCore
from feed_core.model.clock import Clock
from feed_core.model.errors import NotFound
from feed_core.settings import Profile, Settings, read_settings
from pipelines.stack.layout import default_home
from pipelines.stack.variables import read_environment

ProfileName = Annotated[
    Profile,
    typer.Option(
        "--profile",
        envvar="LOUPE_PROFILE",
        help="embedded: stores in the home folder. production: Postgres, Cassandra, Redis, Kafka; those of "
        "the LOUPE_* variables, else those of loupe stack up on this machine.",
    ),
]


def settings_of(profile: Profile, defaults: Mapping[str, str] | None = None) -> Settings:
    """The process's settings; servers that no variable names are those of this machine's stack.

    ``defaults`` are variables that count where none is set. Raises as ``read_settings`` does.
    """
    stack = _stack() if profile == "production" else {}
    return read_settings(profile=profile, defaults={**stack, **(defaults or {})})


def existing(home: Path) -> Path:
    """``home``, which must be there: a job that reads makes no folders. Raises ``NotFound``."""
    if not home.is_dir():
        raise NotFound(
            f"There is no home at {home}.", fix="Run loupe load and loupe lake, or name it with --home."
        )
    return home


def open_core(
    home: Path, settings: Settings, *, clock: Clock | None = None, durable: bool = True
) -> FeedCore:
    """The feed core of ``settings``; ``home`` holds the stores of the embedded profile, ``durable`` or
    not."""
    return FeedCore.open(
        home, clock=clock, mode=settings.timeline_mode, celebrity_threshold=settings.celebrity_threshold,
        servers=settings.servers, region=settings.region, durable=durable,
    )  # fmt: skip


def online_url(settings: Settings) -> str:
    """The Redis of the online feature rows, where nothing is evicted; "" for the home's own file."""
    return settings.servers.redis_url if settings.servers else ""


def open_rows(settings: Settings) -> OnlineRows | None:
    """The online feature rows on the servers of ``settings``; None for the home's own file."""
    url = online_url(settings)
    return open_online(url) if url else None


def mlflow_url(settings: Settings) -> str:
    """The database of MLflow's runs; "" for the home's own file."""
    return settings.servers.mlflow_url if settings.servers else ""


def _stack() -> dict[str, str]:
    try:
        return read_environment(default_home())
    except NotFound:
        return {}
