"""Batches of client actions: what an app collects and sends every few seconds."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, field_validator

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core
from feed_core.api.fields import Body, Id, Outgoing, Position, Surface, Time
from feed_core.api.identity import Who
from feed_core.api.writes import Writing
from feed_core.model.clock import DAY
from feed_core.model.events import NewEvent

router = APIRouter(prefix="/v1", tags=["events"], route_class=StrictRoute)

MAX_EVENTS = 500
ClientAction = Literal["dwell", "like", "unlike", "share", "save", "unsave", "hide", "report"]


class ClientEvent(Body):
    """One action of one person on one post. ``value`` is the dwell in milliseconds for ``dwell``, else 0."""

    user_id: Id
    post_id: Id
    action: ClientAction
    surface: Surface = "timeline"
    position: Position = -1
    decision_id: Id | None = None
    value: Annotated[float, Field(ge=0, le=DAY, allow_inf_nan=False)] = 0.0
    occurred_at: Time | None = Field(None, description="Defaults to now; may not lie in the future.")

    @field_validator("action", mode="before")
    @classmethod
    def _no_impressions(cls, action: object) -> object:
        if action == "impression":
            raise ValueError(
                "impressions are logged by the service that served them; send what the person did"
            )
        return action

    def to_model(self) -> NewEvent:
        """The record that the core takes."""
        return NewEvent(
            user_id=self.user_id, post_id=self.post_id, action=self.action, surface=self.surface,
            position=self.position, decision_id=self.decision_id or 0, value=self.value,
            occurred_at=self.occurred_at,
        )  # fmt: skip


class EventBatch(Body):
    """Up to 500 events; all of them are taken, or none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "events": [
                        {
                            "user_id": "3409561203712000001",
                            "post_id": "3409561203712000002",
                            "action": "dwell",
                            "value": 5300,
                            "surface": "timeline",
                            "position": 2,
                            "decision_id": "3409561203712000003",
                        }
                    ]
                }
            ]
        }
    )

    events: list[ClientEvent] = Field(min_length=1, max_length=MAX_EVENTS)


class Accepted(Outgoing):
    """How many events were taken, and how many of them changed something."""

    accepted: int
    recorded: int = Field(description="A repeated like, for one, is accepted and not recorded again.")


@router.post("/events", status_code=202, response_model=Accepted)
def record(body: EventBatch, core: Core, who: Who, write: Writing) -> Response:
    """Report what people did. In the event log at once; counts and features follow it.

    A session reports what its own person did. An unknown post or user refuses the whole batch with 404
    and nothing is written. Send an Idempotency-Key so that a repeat after a lost answer does not count
    dwells twice.
    """
    events = [event.to_model() for event in body.events]
    for user_id in {event.user_id for event in events}:
        who.act_as(user_id)

    def act() -> Accepted:
        return Accepted(accepted=len(events), recorded=len(core.engagement.record_many(events)))

    return write.answer(body.events[0].user_id, act, 202)
