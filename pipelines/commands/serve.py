"""``loupe serve``: the API and the console over a home folder."""

import gc
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from feed_core.model.clock import DAY, Clock, ResumedClock, SystemClock, from_rfc3339, to_rfc3339
from feed_core.model.errors import InvalidInput
from feed_core.model.events import Event
from feed_core.settings import Settings
from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.profile import ProfileName, open_core, settings_of
from pipelines.progress import console

Port = Annotated[
    int, typer.Option("--port", envvar="LOUPE_PORT", min=1, max=65535, help="Port on 127.0.0.1.")
]
Now = Annotated[
    str,
    typer.Option(
        "--now",
        help="Where the service's clock starts (RFC 3339, or system). Default: where a played or loaded "
        "history ends, the system's time for a home that is in use.",
    ),
]


def serve(
    home: Home = DEFAULT_HOME, port: Port = 8000, now: Now = "", profile: ProfileName = "embedded"
) -> None:
    """Serve the feed API, the ranking and the console of a home folder, until Ctrl-C.

    With --profile production the feed core and the feature rows are on the servers, and loupe work runs
    beside it.
    """
    settings = settings_of(profile)
    serve_with(home, port, clock_of(home, now, settings), settings)


def serve_with(home: Path, port: int, clock: Clock, settings: Settings) -> None:
    """Serve until Ctrl-C, on ``clock`` and the stores of ``settings``."""
    import structlog
    import uvicorn

    from feed_core.api.identity import Auth
    from ranking_service.app import create_app

    structlog.reset_defaults()  # a service logs everything, one JSON object a line
    app = create_app(
        home, clock=clock, budget_ms=settings.budget_ms, mode=settings.timeline_mode,
        celebrity_threshold=settings.celebrity_threshold, auth=Auth(settings.auth, settings.service_token),
        servers=settings.servers, region=settings.region,
    )  # fmt: skip
    console.print(
        f"Console on [bold]http://127.0.0.1:{port}[/] · API docs on /docs · it is {to_rfc3339(clock.now())} "
        "there · Ctrl-C ends",
        highlight=False,
    )
    keep_what_is_there()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def keep_what_is_there() -> None:
    """Take all that a service stands on out of the search for cycles, which else stops a request now and then
    for as long as looking at all of it takes."""
    gc.collect()
    gc.freeze()


def clock_of(home: Path, now: str = "", settings: Settings | None = None) -> Clock:
    """The clock that a service over ``home`` runs on.

    A history that ended more than a day ago goes on from its end: with the system's time its posts
    would be too old to be shown. Raises ``InvalidInput`` for a ``now`` that is no time.
    """
    if now == "system":
        return SystemClock()
    if now:
        try:
            return ResumedClock(from_rfc3339(now))
        except ValueError as error:
            raise InvalidInput(
                f"--now {now!r} is no time.", fix="Write it like 2026-01-26T00:00:00Z."
            ) from error
    newest = _newest_event(home, settings or settings_of("embedded"))
    return ResumedClock(newest) if 0 < newest < SystemClock().now() - DAY else SystemClock()


def _newest_event(home: Path, settings: Settings) -> int:
    """When the newest engagement arrived (ms), 0 when there is none."""
    core = open_core(home, settings)
    try:
        log = core.stores.events
        last = tuple(max(0, end - 1) for end in log.end("engagement"))
        newest = log.read("engagement", last, len(last))
        return max((msgspec.msgpack.decode(r.body, type=Event).arrived_at for r in newest), default=0)
    finally:
        core.close()
