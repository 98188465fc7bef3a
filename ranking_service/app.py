"""The service over a home folder alone, as ``loupe serve`` and a server process start it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from features.online import open_online
from feed_core.api.identity import Auth
from feed_core.core import CELEBRITY_THRESHOLD, FeedCore
from feed_core.model.clock import Clock
from feed_core.model.servers import Servers
from feed_core.model.timelines import TimelineMode
from ranking_service import api
from ranking_service.freshness.apart import FreshnessApart
from ranking_service.scoring.champion import Compile


def create_app(
    home: Path, *, clock: Clock | None = None, budget_ms: int | None = 300,
    compile_trees: Compile = "background", mode: TimelineMode = "hybrid",
    celebrity_threshold: int = CELEBRITY_THRESHOLD, auth: Auth | None = None, servers: Servers | None = None,
    region: str = "",
) -> FastAPI:  # fmt: skip
    """The app over ``home``, which it opens now and closes when it ends; see ``api.create_app``.

    With ``servers`` the feed core and the feature rows are there, ``loupe work`` runs the workers, and a
    process of this one's own follows the event log.
    """
    core = FeedCore.open(
        home, clock=clock, mode=mode, celebrity_threshold=celebrity_threshold, servers=servers, region=region
    )
    online = open_online(servers.redis_url) if servers else None
    following = FreshnessApart(home, servers, core.clock) if servers else None
    app = api.create_app(
        core, home, budget_ms=budget_ms, compile_trees=compile_trees, auth=auth, online=online,
        workers=servers is None, following=following,
    )  # fmt: skip
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with inner(app):
            yield
        core.close()

    app.router.lifespan_context = lifespan
    return app
