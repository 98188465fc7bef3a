"""Who follows, blocks and mutes whom. Strongly consistent for the person who does it."""

from collections.abc import Callable, Collection, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Attributed, Core, IdPage, Paged, ReadPaged, UserId
from feed_core.api.fields import Id, IdOut, Outgoing, TimeOut
from feed_core.api.identity import OwnId, Reader, Who
from feed_core.api.views import Changed, PageView
from feed_core.api.writes import Write, Writing
from feed_core.core import FeedCore
from feed_core.ports.graph import Ask, EdgeKind
from feed_core.services.edges import Origin
from feed_core.services.graph import GraphService

router = APIRouter(prefix="/v1/users/{user_id}", tags=["follows, blocks, mutes"], route_class=StrictRoute)

TargetId = Annotated[Id, Path(description="The other person.")]
Pairs = Sequence[tuple[int, int]]


class RelationView(Outgoing):
    """The other person, and since when."""

    user_id: IdOut
    since: TimeOut


class Followed(Changed):
    """Answer to a follow."""

    state: Literal["following", "requested"]


@router.put("/following/{target_id}", response_model=Followed)
def follow(user_id: UserId, target_id: TargetId, core: Core, write: Writing, seen: Attributed) -> Response:
    """Follow a person. At once in `following` and in the follower's next timeline.

    A private account is asked instead: `state` is then `requested` until its owner answers.
    """

    def act() -> Followed:
        pair = (user_id, target_id)
        (done,) = core.graph.follow_or_ask([pair], {pair: Origin(decision_id=seen.decision_id or 0)})
        if done.new and not done.asked:
            core.backfill.follow([pair])
        return Followed(changed=done.new, state="requested" if done.asked else "following")

    return write.answer(user_id, act)


@router.delete("/followers/{target_id}", response_model=Changed)
def remove_follower(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """End somebody's follow of oneself; they do not learn of it."""

    def act() -> Changed:
        return Changed(changed=core.graph.unfollow_many([(target_id, user_id)])[0])

    return write.answer(user_id, act)


def _write(act: Callable[[GraphService, Pairs], list[bool]]) -> Callable[..., Response]:
    def endpoint(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
        return _change(write, lambda pairs: act(core.graph, pairs), user_id, target_id)

    return endpoint


def _change(write: Write, act: Callable[[Pairs], list[bool]], user_id: int, target_id: int) -> Response:
    return write.answer(user_id, lambda: Changed(changed=act([(user_id, target_id)])[0]))


def _open(kind: EdgeKind, *, outgoing: bool) -> Callable[..., PageView[RelationView]]:
    """A list that whoever may see the profile may read."""

    def endpoint(user_id: UserId, core: Core, reader: Reader, page: ReadPaged) -> PageView[RelationView]:
        core.visibility.require_profile(reader, user_id)
        shown = _listed(core, kind, user_id, page, outgoing=outgoing)
        people = core.visibility.seen_people(reader, {one.user_id for one in shown.items})
        return _kept(shown, people.keys())

    return endpoint


def _own(kind: EdgeKind) -> Callable[..., PageView[RelationView]]:
    """A list for oneself alone."""

    def endpoint(user_id: OwnId, core: Core, page: Paged) -> PageView[RelationView]:
        return without_gone(core, _listed(core, kind, user_id, page, outgoing=True))

    return endpoint


def _operators(kind: EdgeKind) -> Callable[..., PageView[RelationView]]:
    """A list for operators alone."""

    def endpoint(user_id: UserId, core: Core, who: Who, page: Paged) -> PageView[RelationView]:
        who.operate()
        return without_gone(core, _listed(core, kind, user_id, page, outgoing=False))

    return endpoint


def _listed(
    core: FeedCore, kind: EdgeKind, user_id: int, page: IdPage, *, outgoing: bool
) -> PageView[RelationView]:
    core.accounts.require(user_id)
    read = core.stores.graph.targets_after if outgoing else core.stores.graph.sources_after
    (edges,) = read(kind, [asked(user_id, page)])
    return page_of([(edge.target_id if outgoing else edge.source_id, edge.at) for edge in edges], page)


def asked(user_id: int, page: IdPage) -> Ask:
    """What to read for the page, and one more, which tells that there is a next one."""
    return Ask(user_id, page.after, page.limit + 1)


def page_of(others: Sequence[tuple[int, int]], page: IdPage) -> PageView[RelationView]:
    """The page of ``others`` (id and since when, in order of id), which were ``asked`` for."""
    shown = others[: page.limit]
    following = str(shown[-1][0]) if len(others) > page.limit else ""
    return PageView(items=[RelationView(user_id=id_, since=at) for id_, at in shown], next_cursor=following)


def without_gone(core: FeedCore, page: PageView[RelationView]) -> PageView[RelationView]:
    """The page without people whose accounts are deleted, as no act can name them."""
    people = {one.user_id for one in page.items}
    return _kept(page, people - core.visibility.gone(people))


def _kept(page: PageView[RelationView], people: Collection[int]) -> PageView[RelationView]:
    items = [one for one in page.items if one.user_id in people]
    return PageView(items=items, next_cursor=page.next_cursor)


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
    ("following", _open("follow", outgoing=True),
     "Whom the user follows, in order of id; strongly consistent. 403 for a private account that the reader"
     " does not follow."),
    ("followers", _open("follow", outgoing=False),
     "Who follows the user, in order of id; strongly consistent. 403 as for `following`."),
    ("blocks", _own("block"), "Whom one has blocked, in order of id; strong, for oneself alone."),
    ("blocked-by", _operators("block"), "Who has blocked the user, in order of id; for operators."),
    ("mutes", _own("mute"), "Whom one has muted, in order of id; strong, for oneself alone."),
    ("muted-by", _operators("mute"), "Who has muted the user, in order of id; for operators."),
)  # fmt: skip
for _method, _noun, _name, _act, _meaning in _WRITES:
    router.add_api_route(
        f"/{_noun}/{{target_id}}", _write(_act), methods=[_method], name=_name,
        response_model=Changed, description=_meaning,
    )  # fmt: skip
for _noun, _read, _meaning in _LISTS:
    router.add_api_route(f"/{_noun}", _read, name=_noun.replace("-", "_"), description=_meaning)
