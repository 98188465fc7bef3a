"""The chronological timeline: what the people one follows posted and shared, newest first."""

import re

from fastapi import APIRouter, Request
from pydantic import Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Cursor
from feed_core.api.fields import IdOut, Limit, Outgoing, TimeOut
from feed_core.api.hydration import shown_posts
from feed_core.api.identity import OwnId
from feed_core.api.observation import note
from feed_core.api.views import ShownPost
from feed_core.core import FeedCore
from feed_core.model.errors import InvalidInput
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


@router.get("/timeline/{user_id}")
def read_timeline(
    user_id: OwnId, request: Request, core: Core, limit: Limit = 20,
    cursor: Cursor = "",
) -> TimelineView:  # fmt: skip
    """The newest posts first; deleted, blocked, muted and private ones are left out at once.

    Own follows count at once; a new post arrives when the log has been worked through. The service logs
    the decision and one impression per post, so a client never sends impressions.
    """
    offset, inner = _split(cursor)
    page = core.timelines.page(user_id, limit, inner)
    items = _items(core, user_id, page.entries, offset)
    decision_id = _log(core, user_id, items)
    note(request, decision_id=decision_id, shown=len(items), served_by="chronological")
    request.app.state.drainer.wake()
    following = f"{offset + len(page.entries)}~{page.next_cursor}" if page.next_cursor else ""
    return TimelineView(decision_id=str(decision_id), items=items, next_cursor=following)


def _split(cursor: str) -> tuple[int, str]:
    """The position to count on from, and the core's own cursor."""
    if not cursor:
        return 0, ""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise InvalidInput("The cursor is malformed.", fix="Pass next_cursor of the page before, or none.")
    return int(match[1]), match[2]


def _items(core: FeedCore, reader_id: int, entries: tuple[Entry, ...], offset: int) -> list[TimelineItem]:
    shown = shown_posts(core, reader_id, [entry.post_id for entry in entries])
    visible = [entry for entry in entries if entry.post_id in shown]
    return [
        TimelineItem(
            **dict(shown[entry.post_id]), position=offset + rank, via_id=entry.via_id,
            delivered_at=entry.delivered_at,
        )
        for rank, entry in enumerate(visible)
    ]  # fmt: skip


def _log(core: FeedCore, user_id: int, items: list[TimelineItem]) -> int:
    """Log what is shown; returns the decision's id, 0 when nothing is."""
    if not items:
        return 0
    decision = Decision(
        decision_id=core.ids.for_owner(user_id), occurred_at=core.clock.now(), user_id=user_id,
        surface="timeline", served_by="chronological", model_version="", definitions_hash="",
        post_ids=tuple(item.post.post_id for item in items),
        author_ids=tuple(item.post.author_id for item in items),
        positions=tuple(item.position for item in items), sources=("in_network",) * len(items),
    )  # fmt: skip
    core.impressions.log_many([decision])
    return decision.decision_id
