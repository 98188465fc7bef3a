"""The feed API as one app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from feed_core.api.identity import Auth
from feed_core.api.routers import install
from feed_core.core import FeedCore

DESCRIPTION = """\
Accounts, follows, posts, stories, engagement, notifications and chronological timelines.

**Identity.** `POST /v1/sessions` gives a token for `Authorization: Bearer`; a session acts and reads as its
own person and no other (403). Without a token (`LOUPE_AUTH=required`, the production profile's default)
there is sign-up and log-in alone (401). With `LOUPE_AUTH=open`, the embedded profile's default, a request
without a token is trusted: it acts as whoever its path or body names and reads as `reader_id`; keep such a
service on the loopback address. Programs that act for many people send `LOUPE_SERVICE_TOKEN` as their
bearer token.

**Privacy.** Every read shows what its reader may see: nothing across a block in either direction, nothing
of deleted accounts, and what a private account has only to those who follow it. What may not be seen does
not exist (404). A page may therefore be shorter than its limit; go on while there is a `next_cursor`.

**Muted words** hide posts from one's timelines, chronological and ranked, at once: those with the word in
the caption or in a hashtag, whole, whatever its case; `#word` mutes the hashtag alone.

**Ids** are strings in answers (browsers lose 64-bit integers); strings and integers are accepted.
**Times** are RFC 3339.

**Consistency.** Strong, read back at once by everybody: sessions, accounts, settings, follows and
requests, blocks, mutes, and whether a post is there, is deleted or may be seen. Read back at once by
whoever wrote it and reads as themselves: posts and their media, stories, likes, saves, shares, comments.
What a page shows of another's post (caption, hashtags, place) follows an edit usually within milliseconds
and never later than a minute. Eventual, following the event log, usually within a second: other people's
timelines, notifications, counts (followers, likes, comments, views of stories), trends. Each operation
says which, in words and as `x-consistency` (`strong`, `own`, `eventual`). A write that is answered with
503 may have been done: repeat it with its `Idempotency-Key`. While a cache is away reads are right and
slower.

**Regions.** Of two edits of one field of a profile the last one wins, and who left stays away; settings that
two regions edit at once keep both edits. Summed over regions are the likes, comments, shares and saves of
posts; counts of people (followers, following, posts), of comments and of stories are each region's own.

**Repeating.** Every write takes an `Idempotency-Key`; the same key and request get the first answer. Log-in,
logging out and a change of password take none: logging out again does no harm, and whether a password was
changed a log-in tells. A session that has ended itself, as by leaving, gets 401 when it repeats that.

**While a server is away** what needs it is refused with 503 and `Retry-After`, never answered wrong. A write
that got a 503, or no answer, may have been done: repeat it with the same `Idempotency-Key`.

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


def create_app(core: FeedCore, auth: Auth | None = None) -> FastAPI:
    """The feed API over ``core``; the caller closes the core after the app has ended."""
    app = FastAPI(
        title="Loupe feed API", version="1", description=DESCRIPTION, lifespan=lifespan,
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    install(app, core, auth=auth)
    return app
