"""One app: the feed API, ranked timelines, and the console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from prometheus_client import CollectorRegistry
from starlette.responses import RedirectResponse

from features.online import OnlineRows
from feed_core.api.app import DESCRIPTION
from feed_core.api.app import lifespan as core_lifespan
from feed_core.api.identity import Auth, known
from feed_core.api.problems import DOCUMENTED
from feed_core.api.routers import install
from feed_core.core import FeedCore
from ranking_service.api import directory, feed, models, rank, readiness, trends
from ranking_service.api.openapi import describe_records
from ranking_service.api.people import People
from ranking_service.for_you import ForYou
from ranking_service.freshness.following import Following
from ranking_service.scoring.champion import Compile

_CONSOLE = Path(__file__).parent.parent / "console"
_RANKED = """
**Ranked timelines.** `GET /v1/feed/{user}` ranks, says why, and logs what it shows; `POST /v1/rank` scores
candidates of yours. `served_by` says how good the answer could be made: `full`, `light` (a part was left
out), `cached` (an earlier ranking) or `chronological`.
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The feed core's workers and whoever follows the event log run while the app runs; then files are let
    go."""
    service: ForYou = app.state.for_you
    following: Following = app.state.following
    following.start()
    async with core_lifespan(app):
        yield
    await to_thread.run_sync(following.stop)
    await to_thread.run_sync(service.close)


def create_app(
    core: FeedCore,
    home: Path,
    *,
    budget_ms: int | None = 300,
    compile_trees: Compile = "background",
    auth: Auth | None = None,
    online: OnlineRows | None = None,
    workers: bool = True,
    following: Following | None = None,
) -> FastAPI:
    """The whole service over ``core`` and ``home``; the caller closes the core after the app has ended.

    ``online`` are the feature rows (those in ``home`` unless given), which ``following`` keeps up to date (a
    thread unless given); without ``workers``, other processes run the core's.
    Raises ``Corrupt`` when a database in ``home`` is damaged; a bundle that is damaged or missing is
    told by ``/readyz`` and leaves timelines chronological.
    """
    app = FastAPI(
        title="Loupe", version="1", description=DESCRIPTION + _RANKED, lifespan=lifespan,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    registry = CollectorRegistry()
    app.state.home = home
    app.state.for_you = ForYou.open(
        core, home, budget_ms=budget_ms, compile_trees=compile_trees, registry=registry, online=online
    )
    app.state.following = following or app.state.for_you.freshness
    app.state.people = People(core.accounts)
    for router in (feed.router, rank.router, directory.router, trends.router, models.router):
        app.include_router(router, responses=DOCUMENTED, dependencies=[Depends(known)])
    app.include_router(readiness.router)
    install(app, core, registry, auth, workers=workers)
    describe_records(app)
    _mount_console(app)
    return app


def _mount_console(app: FastAPI) -> None:
    app.mount("/console", StaticFiles(directory=_CONSOLE, html=True), name="console")

    @app.get("/", include_in_schema=False)
    async def root() -> RedirectResponse:
        return RedirectResponse("/console/")
