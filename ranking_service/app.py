"""The service over a home folder alone, as ``loupe serve`` and a server process start it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from feed_core.core import FeedCore
from feed_core.model.clock import Clock
from ranking_service import api
from ranking_service.scoring.champion import Compile


def create_app(
    home: Path, *, clock: Clock | None = None, budget_ms: int | None = 300,
    compile_trees: Compile = "background",
) -> FastAPI:  # fmt: skip
    """The app over ``home``, which it opens now and closes when it ends; see ``api.create_app``."""
    core = FeedCore.open(home, clock=clock)
    app = api.create_app(core, home, budget_ms=budget_ms, compile_trees=compile_trees)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with inner(app):
            yield
        core.close()

    app.router.lifespan_context = lifespan
    return app
