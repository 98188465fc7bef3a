"""Asking to follow private accounts; strongly consistent for both people."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Paged, UserId
from feed_core.api.fields import Id
from feed_core.api.identity import OwnId
from feed_core.api.relations import RelationView, asked, page_of, without_gone
from feed_core.api.views import Changed, PageView
from feed_core.api.writes import Write, Writing

router = APIRouter(prefix="/v1/users/{user_id}", tags=["follow requests"], route_class=StrictRoute)
RequesterId = Annotated[Id, Path(description="Who has asked.")]
TargetId = Annotated[Id, Path(description="Who was asked.")]


@router.get("/follow-requests")
def received(user_id: OwnId, core: Core, page: Paged) -> PageView[RelationView]:
    """Who asks to follow one, in order of id; for oneself alone."""
    edges = core.requests.received(asked(user_id, page))
    return without_gone(core, page_of([(edge.source_id, edge.at) for edge in edges], page))


@router.get("/requested")
def sent(user_id: OwnId, core: Core, page: Paged) -> PageView[RelationView]:
    """Whom one has asked without an answer so far, in order of id; for oneself alone."""
    edges = core.requests.sent(asked(user_id, page))
    return without_gone(core, page_of([(edge.target_id, edge.at) for edge in edges], page))


@router.put("/follow-requests/{requester_id}", response_model=Changed)
def accept(user_id: UserId, requester_id: RequesterId, core: Core, write: Writing) -> Response:
    """Let somebody follow. 404 when there is no request."""
    return _done(write, user_id, lambda: core.requests.accept(user_id, requester_id))


@router.delete("/follow-requests/{requester_id}", response_model=Changed)
def decline(user_id: UserId, requester_id: RequesterId, core: Core, write: Writing) -> Response:
    """Decline; they do not learn of it and may ask again. 404 when there is no request."""
    return _done(write, user_id, lambda: core.requests.decline(user_id, requester_id))


@router.delete("/requested/{target_id}", response_model=Changed)
def withdraw(user_id: UserId, target_id: TargetId, core: Core, write: Writing) -> Response:
    """Take a request of one's own back."""

    def act() -> Changed:
        return Changed(changed=core.requests.withdraw_many([(user_id, target_id)])[0])

    return write.answer(user_id, act)


def _done(write: Write, user_id: int, act: Callable[[], None]) -> Response:
    def done() -> Changed:
        act()
        return Changed(changed=True)

    return write.answer(user_id, done)
