"""The feed API as one app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from feed_core.api.routers import install
from feed_core.core import FeedCore

DESCRIPTION = """\
Users, follows, posts, engagement and chronological timelines.

**Identity.** The embedded profile has no log-in: the acting user is the one in the path or body. Keep the
service on the loopback address, or behind something that authenticates.

**Ids** are strings in answers (browsers lose 64-bit integers); strings and integers are accepted.
**Times** are RFC 3339.

**Consistency.** Users, follows, blocks, mutes, posts, reactions and comments are read back at once by whoever
wrote them. Counts and other people's timelines follow the event log, usually within a second.

**Repeating.** Every write takes an `Idempotency-Key`; the same key and request get the first answer.

**Errors** are RFC 9457 problems (`application/problem+json`) with a `fix`. Bodies are limited to 1 MiB.
"""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the workers while the app runs; what was written is worked through before it ends."""
    app.state.drainer.start()
    try:
        yield
    finally:
        await to_thread.run_sync(app.state.drainer.stop)


def create_app(core: FeedCore) -> FastAPI:
    """The feed API over ``core``; the caller closes the core after the app has ended."""
    app = FastAPI(
        title="Loupe feed API", version="1", description=DESCRIPTION, lifespan=lifespan,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    install(app, core)
    return app
