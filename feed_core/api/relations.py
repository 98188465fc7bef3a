"""Who follows, blocks and mutes whom. Strongly consistent for the person who does it."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Attributed, Core, IdPage, Paged, UserId
from feed_core.api.fields import Id, IdOut, Outgoing, TimeOut
from feed_core.api.views import Changed, PageView
from feed_core.api.writes import Write, Writing
from feed_core.core import FeedCore
from feed_core.ports.graph import Edge, EdgeKind

router = APIRouter(prefix="/v1/users/{user_id}", tags=["follows, blocks, mutes"], route_class=StrictRoute)

TargetId = Annotated[Id, Path(description="The other person.")]
Act = Callable[[Sequence[tuple[int, int]]], list[bool]]


class RelationView(Outgoing):
    """The other person, and since when."""

    user_id: IdOut
    since: TimeOut


@router.put("/following/{target_id}", response_model=Changed)
def follow(user_id: UserId, target_id: TargetId, core: Core, write: Writing, seen: Attributed) -> Response:
    """Follow a person. At once in `following` and in the follower's next timeline."""

    def act(pairs: Sequence[tuple[int, int]]) -> list[bool]:
        return core.graph.follow_many(pairs, decision_id=seen.decision_id or 0)

    return _change(write, act, user_id, target_id)


@router.delete("/following/{target_id}", response_model=Changed)
def unfollow(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Stop following a person."""
    return _change(write, core.graph.unfollow_many, user_id, target_id)


@router.put("/blocks/{target_id}", response_model=Changed)
def block(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Block a person: neither sees the other's posts from now on."""
    return _change(write, core.graph.block_many, user_id, target_id)


@router.delete("/blocks/{target_id}", response_model=Changed)
def unblock(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Take a block back."""
    return _change(write, core.graph.unblock_many, user_id, target_id)


@router.put("/mutes/{target_id}", response_model=Changed)
def mute(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Mute a person: their posts no longer reach you; they do not learn of it."""
    return _change(write, core.graph.mute_many, user_id, target_id)


@router.delete("/mutes/{target_id}", response_model=Changed)
def unmute(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Take a mute back."""
    return _change(write, core.graph.unmute_many, user_id, target_id)


@router.get("/following")
def following(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Whom the user follows, in order of id; strongly consistent."""
    return _targets(core, "follow", user_id, page)


@router.get("/followers")
def followers(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Who follows the user, in order of id."""
    return _sources(core, "follow", user_id, page)


@router.get("/blocks")
def blocks(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Whom the user has blocked, in order of id."""
    return _targets(core, "block", user_id, page)


@router.get("/blocked-by")
def blocked_by(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Who has blocked the user, in order of id; for operators."""
    return _sources(core, "block", user_id, page)


@router.get("/mutes")
def mutes(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Whom the user has muted, in order of id."""
    return _targets(core, "mute", user_id, page)


@router.get("/muted-by")
def muted_by(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
    """Who has muted the user, in order of id; for operators."""
    return _sources(core, "mute", user_id, page)


def _change(write: Write, act: Act, user_id: int, target_id: int) -> Response:
    return write.answer(user_id, lambda: Changed(changed=act([(user_id, target_id)])[0]))


def _targets(core: FeedCore, kind: EdgeKind, user_id: int, page: IdPage) -> PageView[RelationView]:
    core.accounts.require(user_id)
    edges = core.stores.graph.targets(kind, [user_id]).get(user_id, [])
    return _page(edges, page, lambda edge: edge.target_id)


def _sources(core: FeedCore, kind: EdgeKind, user_id: int, page: IdPage) -> PageView[RelationView]:
    core.accounts.require(user_id)
    edges = core.stores.graph.sources(kind, [user_id]).get(user_id, [])
    return _page(edges, page, lambda edge: edge.source_id)


def _page(edges: list[Edge], page: IdPage, other: Callable[[Edge], int]) -> PageView[RelationView]:
    """The part of ``edges`` (in order of the other's id) that the page asks for."""
    rest = [edge for edge in edges if other(edge) > page.after]
    shown = rest[: page.limit]
    following = str(other(shown[-1])) if len(rest) > page.limit else ""
    items = [RelationView(user_id=other(edge), since=edge.at) for edge in shown]
    return PageView(items=items, next_cursor=following)
