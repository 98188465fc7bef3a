"""The chronological timeline: what the people one follows posted and shared, newest first."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Cursor
from feed_core.api.fields import IdOut, Limit, Outgoing, TimeOut
from feed_core.api.hydration import drawn_entries
from feed_core.api.identity import OwnId
from feed_core.api.observation import note
from feed_core.api.views import ShownPost
from feed_core.api.wire import TimelineOut, encode, items_out
from feed_core.core import FeedCore
from feed_core.model.clock import MINUTE
from feed_core.model.errors import InvalidInput, Unavailable
from feed_core.model.events import Decision
from feed_core.model.timelines import Entry

router = APIRouter(prefix="/v1", tags=["timeline"], route_class=StrictRoute)
_CURSOR = re.compile(r"([0-9]{1,6})~(.{1,400})", re.ASCII)


class TimelineItem(ShownPost):
    """A post, how it came here, and where it was shown."""

    position: int = Field(description="Counts from 0 across pages; send it back with what happens.")
    via_id: IdOut = Field(description="The followed person who posted or shared it.")
    delivered_at: TimeOut


class TimelineView(Outgoing):
    """One page of a timeline. ``decision_id`` names this answer in every event that it leads to."""

    decision_id: str = Field(description='"0" when nothing was shown.')
    served_by: str = "chronological"
    items: list[TimelineItem]
    next_cursor: str = Field(description='Pass as `cursor` to go on; "" on the last page.')


@router.get("/timeline/{user_id}", response_model=TimelineView)
def read_timeline(
    user_id: OwnId, request: Request, core: Core, limit: Limit = 20,
    cursor: Cursor = "",
) -> Response:  # fmt: skip
    """The newest posts first; deleted, blocked, muted and private ones, and those with a muted word, are
    left out at once.

    Own follows count at once; a new post arrives when the log has been worked through. The service logs
    the decision and one impression per post, so a client never sends impressions; while the log is away,
    pages are shown without.
    """
    offset, inner = _split(cursor)
    question = (core.timelines.mode, limit, cursor, core.clock.now() // MINUTE)  # how far back it reaches
    page = core.stores.home(user_id, question, lambda: _page(core, user_id, limit, inner, offset))
    decision = _decision(core, user_id, page.shown, offset) if page.shown else None
    decision_id = decision.decision_id if decision else 0
    body = encode(TimelineOut(str(decision_id), "chronological", page.items, page.following))
    note(request, decision_id=decision_id, shown=len(page.shown), served_by="chronological")
    if decision:
        _log(request, core, decision)
    request.app.state.drainer.wake()
    return Response(body, media_type="application/json")


class _Page(NamedTuple):
    """``items`` are the entries ``shown``, in JSON; ``following`` is the cursor."""

    shown: Sequence[Entry]
    items: msgspec.Raw
    following: str


def _page(core: FeedCore, user_id: int, limit: int, cursor: str, offset: int) -> _Page:
    page = core.timelines.page(user_id, limit, cursor)
    drawn = drawn_entries(core, user_id, page.entries)
    shown = [entry for entry in page.entries if entry.post_id in drawn]
    following = f"{offset + len(page.entries)}~{page.next_cursor}" if page.next_cursor else ""
    return _Page(shown, msgspec.Raw(encode(items_out(shown, drawn, offset))), following)


def _split(cursor: str) -> tuple[int, str]:
    """The position to count on from, and the core's own cursor."""
    if not cursor:
        return 0, ""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidInput("The cursor is malformed.", fix="Pass next_cursor of the page before, or none.")
    return int(match[1]), match[2]


def _log(request: Request, core: FeedCore, decision: Decision) -> None:
    """Begin to log what is shown: the reader waits for the page alone. That it cannot be logged is told in
    the request's log line."""
    try:
        core.impressions.log_shown([decision], gathered=True)
    except Unavailable as error:
        note(request, not_logged=error.message)


def _decision(core: FeedCore, user_id: int, shown: Sequence[Entry], offset: int) -> Decision:
    return Decision(
        decision_id=core.impressions.draw(), occurred_at=core.clock.now(), user_id=user_id,
        surface="timeline", served_by="chronological", model_version="", definitions_hash="",
        post_ids=tuple(entry.post_id for entry in shown),
        author_ids=tuple(entry.author_id for entry in shown),
        positions=tuple(range(offset, offset + len(shown))), sources=("in_network",) * len(shown),
    )  # fmt: skip
