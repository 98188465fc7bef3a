"""Ranked timelines, and the two timelines side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from feed_core.api.context import Core
from feed_core.api.fields import Limit, Text
from feed_core.api.identity import OwnId
from feed_core.api.observation import note
from feed_core.model.clock import to_rfc3339
from feed_core.model.errors import InvalidInput
from feed_core.model.users import UserStats
from ranking_service.api.context import Service
from ranking_service.api.openapi import json_of
from ranking_service.api.wire import CompareOut, FeedOut, answer, feed_out, items_out, person_out
from ranking_service.records import Request as FeedRequest

router = APIRouter(prefix="/v1", tags=["for you"])
Knobs = Annotated[
    list[str],
    Query(description="Turns an action's weight for this request: `comment:2` doubles it (0 to 4)."),
]


@router.get("/feed/{user_id}", response_class=Response, responses=json_of(FeedOut))
def read_feed(
    user_id: OwnId, request: Request, service: Service, limit: Limit = 20,
    cursor: Annotated[Text, Query(max_length=400)] = "", knob: Knobs = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Ranked posts, each with why it is here.

    The page is one decision: it and one impression per post are logged before the answer is sent.
    `next_cursor` goes on in the same ranked list for 30 minutes.
    """
    asked = FeedRequest(user_id=user_id, limit=limit, cursor=cursor, knobs=knobs_of(knob))
    page = service.rank(asked)
    note(request, decision_id=page.decision_id, shown=len(page.items), served_by=page.served_by)
    request.app.state.drainer.wake()
    return answer(feed_out(page))


@router.get("/compare/{user_id}", response_class=Response, responses=json_of(CompareOut))
def compare(user_id: OwnId, core: Core, service: Service, limit: Limit = 20) -> Response:
    """The chronological and the ranked timeline as if nothing had been served before; not logged."""
    newest, ranked = service.newest_first(user_id, limit), service.preview(user_id, limit)
    stats = core.accounts.stats_many([user_id]).get(user_id, UserStats())
    return answer(
        CompareOut(
            user=person_out(core.accounts.require(user_id), stats), now=to_rfc3339(core.clock.now()),
            served_by=ranked.served_by, model_version=ranked.model_version,
            feature_age_ms=ranked.feature_age_ms, chronological=items_out(newest), ranked=items_out(ranked),
        )
    )  # fmt: skip


def knobs_of(texts: list[str]) -> dict[str, float]:
    """``comment:2`` as ``{"comment": 2.0}``; raises ``InvalidInput``, also for an action sent twice."""
    knobs: dict[str, float] = {}
    for text in texts:
        action, _, factor = text.partition(":")
        if action in knobs:
            raise InvalidInput(f"The knob {action[:40]!r} stands twice.", fix="Send each action once.")
        try:
            knobs[action] = float(factor)
        except ValueError as error:
            message = f"The knob {text[:40]!r} is malformed."
            raise InvalidInput(message, fix="Send knob=comment:2, one a parameter.") from error
    return knobs
