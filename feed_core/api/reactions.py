"""Likes, saves, shares, hides and reports of a post."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Response

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Attributed, Attribution, Core, Cursor, PostId, ReadPaged, UserId
from feed_core.api.fields import Limit
from feed_core.api.hydration import shown_posts
from feed_core.api.identity import OwnId, Reader
from feed_core.api.views import Changed, PageView, ReactionView, ShownPost
from feed_core.api.writes import Write, Writing
from feed_core.core import FeedCore
from feed_core.model.cursors import decode_cursor, encode_cursor
from feed_core.model.events import Action, NewEvent
from feed_core.ports.reactions import NEWEST, ReactionKind

router = APIRouter(prefix="/v1", tags=["likes, saves, shares, hides, reports"], route_class=StrictRoute)

_MADE: Mapping[str, Action] = {
    "likes": "like", "saves": "save", "shares": "share", "hides": "hide", "reports": "report",
}  # fmt: skip
_TAKEN_BACK: Mapping[str, Action] = {"likes": "unlike", "saves": "unsave"}
_MEANING: Mapping[Action, str] = {
    "like": "Like a post. Counts once per person, however often it is sent.",
    "save": "Save a post for oneself.",
    "share": "Share a post with one's followers; it reaches their timelines when the log is worked through.",
    "hide": "Say that one does not want to see this post or more of its kind.",
    "report": "Report a post.",
    "unlike": "Take a like back.",
    "unsave": "Take a save back.",
}


@router.get("/posts/{post_id}/likes")
def likes_of_post(post_id: PostId, core: Core, reader: Reader, page: ReadPaged) -> PageView[ReactionView]:
    """Who likes the post, in order of user id. People across a block are left out."""
    core.visibility.require_post(reader, post_id)
    found = core.stores.reactions.of_post("like", post_id, page.after, page.limit + 1)
    shown = found[: page.limit]
    following = str(shown[-1].user_id) if len(found) > page.limit else ""
    people = core.visibility.seen_people(reader, {one.user_id for one in shown})
    items = [ReactionView.of(one) for one in shown if one.user_id in people]
    return PageView(items=items, next_cursor=following)


@router.get("/users/{user_id}/likes")
def liked_by_user(user_id: OwnId, core: Core, limit: Limit = 20, cursor: Cursor = "") -> PageView[ShownPost]:
    """The posts that one likes, the newest like first; for oneself alone."""
    return _reacted(core, "like", user_id, limit, cursor)


@router.get("/users/{user_id}/saves")
def saved_by_user(user_id: OwnId, core: Core, limit: Limit = 20, cursor: Cursor = "") -> PageView[ShownPost]:
    """The posts that one has saved, the newest save first; for oneself alone."""
    return _reacted(core, "save", user_id, limit, cursor)


def _reacted(
    core: FeedCore, kind: ReactionKind, user_id: int, limit: int, cursor: str
) -> PageView[ShownPost]:
    core.accounts.require(user_id)
    at, post_id = decode_cursor(cursor, kind, user_id, 2) if cursor else NEWEST
    found = core.engagement.by_user(kind, user_id, limit + 1, (at, post_id))
    more = len(found) > limit
    following = encode_cursor(kind, user_id, found[limit - 1].at, found[limit - 1].post_id) if more else ""
    post_ids = [one.post_id for one in found[:limit]]
    shown = shown_posts(core, user_id, post_ids)
    return PageView(items=[shown[id_] for id_ in post_ids if id_ in shown], next_cursor=following)


def _endpoint(action: Action) -> Callable[..., Response]:
    def act(post_id: PostId, user_id: UserId, core: Core, write: Writing, seen: Attributed) -> Response:
        return _record(core, write, _event(user_id, post_id, action, seen))

    act.__name__ = action
    return act


def _event(user_id: int, post_id: int, action: Action, seen: Attribution) -> NewEvent:
    return NewEvent(
        user_id=user_id, post_id=post_id, action=action, surface=seen.surface, position=seen.position,
        decision_id=seen.decision_id or 0,
    )  # fmt: skip


def _record(core: FeedCore, write: Write, event: NewEvent) -> Response:
    def act() -> Changed:
        return Changed(changed=bool(core.engagement.record_many([event])))

    return write.answer(event.user_id, act)


for _method, _actions in (("PUT", _MADE), ("DELETE", _TAKEN_BACK)):
    for _noun, _action in _actions.items():
        router.add_api_route(
            f"/posts/{{post_id}}/{_noun}/{{user_id}}", _endpoint(_action), methods=[_method],
            response_model=Changed, description=_MEANING[_action],
        )  # fmt: skip
