"""Batches of client actions."""

from typing import Any

import msgspec

from feed_core.model.clock import to_rfc3339
from feed_core.model.events import Event
from tests.feed_core.api.conftest import World


def logged(world: World) -> list[Event]:
    """The engagement events after those that made the world."""
    records = world.core.stores.events.read("engagement", (0,), 10_000)
    events = [msgspec.msgpack.decode(record.body, type=Event) for record in records]
    return [event for event in events if event.action != "comment"]


def action(world: World, **fields: Any) -> dict[str, Any]:
    return {"user_id": world.ada, "post_id": world.post, **fields}


def test_a_batch_is_taken_in_its_order_and_says_what_changed(world: World) -> None:
    batch = [
        action(world, action="dwell", value=5300, position=2, surface="for_you", decision_id="9"),
        action(world, action="like"),
        action(world, action="like"),
        action(world, action="unlike"),
    ]
    answer = world.api.post("/v1/events", json={"events": batch})
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 4, "recorded": 3}
    dwell, like, unlike = logged(world)
    assert (dwell.value, dwell.position, dwell.surface, dwell.decision_id) == (5300.0, 2, "for_you", 9)
    assert (like.action, unlike.action) == ("like", "unlike")


def test_five_hundred_events_are_taken_at_once(world: World) -> None:
    batch = [action(world, action="dwell", value=number) for number in range(500)]
    assert world.api.post("/v1/events", json={"events": batch}).json() == {"accepted": 500, "recorded": 500}
    assert len(logged(world)) == 500


def test_the_time_may_be_the_clients(world: World) -> None:
    at = world.clock.now() - 60_000
    batch = [action(world, action="like", occurred_at=to_rfc3339(at))]
    assert world.api.post("/v1/events", json={"events": batch}).status_code == 202
    (event,) = logged(world)
    assert (event.occurred_at, event.arrived_at) == (at, world.clock.now())


def test_one_bad_event_refuses_the_batch_by_its_path(world: World) -> None:
    batch = [action(world, action="like"), action(world, action="impression")]
    refused = world.api.post("/v1/events", json={"events": batch})
    assert refused.status_code == 422
    (fault,) = refused.json()["errors"]
    assert fault["path"] == "body.events[1].action"
    assert "impressions are logged by the service" in fault["detail"]
    assert logged(world) == []


def test_an_unknown_post_refuses_the_batch_by_its_id(world: World) -> None:
    batch = [action(world, action="like"), {**action(world, action="like"), "post_id": "12345"}]
    refused = world.api.post("/v1/events", json={"events": batch})
    assert refused.status_code == 404
    assert "12345" in refused.json()["detail"]
    assert logged(world) == []
