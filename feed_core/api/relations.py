"""Who follows, blocks and mutes whom. Strongly consistent for the person who does it."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Attributed, Core, IdPage, Paged, UserId
from feed_core.api.fields import Id, IdOut, Outgoing, TimeOut
from feed_core.api.views import Changed, PageView
from feed_core.api.writes import Write, Writing
from feed_core.ports.graph import EdgeKind
from feed_core.services.graph import GraphService

router = APIRouter(prefix="/v1/users/{user_id}", tags=["follows, blocks, mutes"], route_class=StrictRoute)

TargetId = Annotated[Id, Path(description="The other person.")]
Pairs = Sequence[tuple[int, int]]


class RelationView(Outgoing):
    """The other person, and since when."""

    user_id: IdOut
    since: TimeOut


@router.put("/following/{target_id}", response_model=Changed)
def follow(user_id: UserId, target_id: TargetId, core: Core, write: Writing, seen: Attributed) -> Response:
    """Follow a person. At once in `following` and in the follower's next timeline."""

    def act(pairs: Pairs) -> list[bool]:
        return core.graph.follow_many(pairs, decision_id=seen.decision_id or 0)

    return _change(write, act, user_id, target_id)


def _write(act: Callable[[GraphService, Pairs], list[bool]]) -> Callable[..., Response]:
    def endpoint(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
        return _change(write, lambda pairs: act(core.graph, pairs), user_id, target_id)

    return endpoint


def _change(write: Write, act: Callable[[Pairs], list[bool]], user_id: int, target_id: int) -> Response:
    return write.answer(user_id, lambda: Changed(changed=act([(user_id, target_id)])[0]))


def _list(kind: EdgeKind, *, outgoing: bool) -> Callable[..., PageView[RelationView]]:
    def endpoint(user_id: UserId, core: Core, page: Paged) -> PageView[RelationView]:
        core.accounts.require(user_id)
        read = core.stores.graph.targets if outgoing else core.stores.graph.sources
        edges = read(kind, [user_id]).get(user_id, [])
        return _page([(edge.target_id if outgoing else edge.source_id, edge.at) for edge in edges], page)

    return endpoint


def _page(others: Sequence[tuple[int, int]], page: IdPage) -> PageView[RelationView]:
    """The part of ``others`` (id and since when, in order of id) that the page asks for."""
    rest = [one for one in others if one[0] > page.after]
    shown = rest[: page.limit]
    following = str(shown[-1][0]) if len(rest) > page.limit else ""
    return PageView(items=[RelationView(user_id=id_, since=at) for id_, at in shown], next_cursor=following)


_WRITES = (
    ("DELETE", "following", "unfollow", GraphService.unfollow_many, "Stop following a person."),
    ("PUT", "blocks", "block", GraphService.block_many,
     "Block a person: neither sees the other's posts from now on."),
    ("DELETE", "blocks", "unblock", GraphService.unblock_many, "Take a block back."),
    ("PUT", "mutes", "mute", GraphService.mute_many,
     "Mute a person: their posts no longer reach you, and yours are not recommended to them; they do not"
     " learn of it."),
    ("DELETE", "mutes", "unmute", GraphService.unmute_many, "Take a mute back."),
)  # fmt: skip
_LISTS = (
    (
        "following",
        _list("follow", outgoing=True),
        "Whom the user follows, in order of id; strongly consistent.",
    ),
    ("followers", _list("follow", outgoing=False), "Who follows the user, in order of id."),
    ("blocks", _list("block", outgoing=True), "Whom the user has blocked, in order of id."),
    (
        "blocked-by",
        _list("block", outgoing=False),
        "Who has blocked the user, in order of id; for operators.",
    ),
    ("mutes", _list("mute", outgoing=True), "Whom the user has muted, in order of id."),
    ("muted-by", _list("mute", outgoing=False), "Who has muted the user, in order of id; for operators."),
)

for _method, _noun, _name, _act, _meaning in _WRITES:
    router.add_api_route(
        f"/{_noun}/{{target_id}}", _write(_act), methods=[_method], name=_name,
        response_model=Changed, description=_meaning,
    )  # fmt: skip
for _noun, _read, _meaning in _LISTS:
    router.add_api_route(f"/{_noun}", _read, name=_noun.replace("-", "_"), description=_meaning)
