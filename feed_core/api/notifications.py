"""What concerns a person, in groups; eventually consistent."""

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Cursor, UserId
from feed_core.api.fields import Body, Id, IdOut, Limit, Outgoing, TimeOut
from feed_core.api.identity import OwnId
from feed_core.api.views import Changed, PageView, UserView
from feed_core.api.writes import Writing
from feed_core.core import FeedCore
from feed_core.model.notifications import NotificationGroup, NotificationKind

router = APIRouter(
    prefix="/v1/users/{user_id}/notifications", tags=["notifications"], route_class=StrictRoute
)
_NAMED = 3


class NotificationView(Outgoing):
    """Somebody did something that concerns the reader, and ``others`` did the same: "x and 5 others"."""

    notification_id: IdOut
    kind: NotificationKind
    at: TimeOut
    post_id: IdOut = Field(description='"0" when it is about no post.')
    comment_id: IdOut = Field(description='"0" when it is about no comment; the newest one\'s otherwise.')
    actors: list[UserView] = Field(description="Up to three, the latest first.")
    others: int = Field(description="How many more people than the first of `actors`.")
    unread: bool


class UnreadView(Outgoing):
    """How much is unread."""

    unread: int = Field(description="99 stands for 99 or more.")


class ReadBody(Body):
    """How far one has read; everything that is there when left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"up_to": "3409561203712000001"}]})

    up_to: Id | None = Field(None, description="`notification_id` of the newest one that was read.")


@router.get("")
def list_notifications(
    user_id: OwnId, core: Core, limit: Limit = 20, cursor: Cursor = ""
) -> PageView[NotificationView]:
    """The newest first, grouped by kind and post, from one read; for oneself alone.

    A group holds what lies on this page; an older part of it is a group of the next page.
    """
    page = core.notifications.page(user_id, limit, cursor)
    people = _people(core, page.groups)
    return PageView(items=[_view(group, people) for group in page.groups], next_cursor=page.next_cursor)


@router.get("/unread")
def unread(user_id: OwnId, core: Core) -> UnreadView:
    """How many are unread; for oneself alone."""
    return UnreadView(unread=core.notifications.unread(user_id))


@router.put("/read", response_model=Changed)
def mark_read(user_id: UserId, body: ReadBody, core: Core, write: Writing) -> Response:
    """Mark everything up to one of the newest as read. Read back at once; it never goes back."""

    def act() -> Changed:
        core.accounts.require(user_id)
        place = core.notifications.place_of(user_id, body.up_to) if body.up_to else None
        core.notifications.mark_read(user_id, place)
        return Changed(changed=True)

    return write.answer(user_id, act)


def _people(core: FeedCore, groups: tuple[NotificationGroup, ...]) -> dict[int, UserView]:
    users = core.accounts.get_many({id_ for group in groups for id_ in group.actor_ids[:_NAMED]})
    return {id_: UserView.of(user) for id_, user in users.items()}


def _view(group: NotificationGroup, people: dict[int, UserView]) -> NotificationView:
    newest = group.newest
    return NotificationView(
        notification_id=newest.notification_id, kind=newest.kind, at=newest.at, post_id=newest.post_id,
        comment_id=newest.comment_id, unread=group.unread, others=len(group.actor_ids) - 1,
        actors=[people[id_] for id_ in group.actor_ids[:_NAMED] if id_ in people],
    )  # fmt: skip
