"""The service under many hands, over time, and started from a home folder."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from features.online import OnlineRows
from feed_core.core import FeedCore
from feed_core.model.errors import Corrupt, InvalidInput
from ranking_service.app import create_app
from ranking_service.for_you import ONLINE_FILE
from ranking_service.records import Request


def shown(answer):
    return [item.post.post_id for item in answer.items]


def test_many_threads_get_whole_pages_at_once(world, promote, open_for_you):
    promote()
    service = open_for_you(budget_ms=30_000)
    users = [world.ada, world.people["ben"], world.people["cleo"]] * 8
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda user: service.rank(Request(user_id=user, limit=3)), users))
    assert [answer.user_id for answer in answers] == users
    assert len({a.decision_id for a in answers if a.decision_id}) == sum(bool(a.decision_id) for a in answers)
    assert all(len(a.items) == 3 for a in answers if a.user_id == world.ada)


def test_many_requests_at_once_are_answered_as_one_by_one(world, for_you):
    users = [world.ada, world.people["ben"]]
    previews = [for_you.preview(user, 10) for user in users]
    together = for_you.rank_many([Request(user_id=user, limit=10) for user in users])
    assert [shown(answer) for answer in together] == [shown(answer) for answer in previews]


def test_the_same_request_repeats_exactly(world, for_you):
    assert for_you.preview(world.ada, 30) == for_you.preview(world.ada, 30)


def test_the_bundle_may_move_while_requests_run(world, promote, open_for_you):
    promote("v1")
    service, stop, seen, errors = open_for_you(), threading.Event(), set(), []

    def ask():
        while not stop.is_set():
            try:
                seen.add(service.preview(world.ada, 5).model_version)
            except Exception as error:
                errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for version in ("v2", "v3"):
        promote(version)
        service.champion.look()
    stop.set()
    thread.join()
    assert errors == []
    assert service.preview(world.ada, 5).model_version == "v3"
    assert seen <= {"v1", "v2", "v3"}


def test_everything_seen_leads_back_to_the_newest(world, for_you):
    for_you.rank(Request(user_id=world.ada, limit=36))
    again = for_you.rank(Request(user_id=world.ada, limit=5))
    assert again.served_by == "chronological"
    assert len(again.items) == 5


def test_a_person_alone_in_the_world_gets_an_empty_page_that_is_no_decision(world, for_you):
    answer = for_you.rank(Request(user_id=world.people["eve"]))
    assert (answer.items, answer.decision_id, answer.next_cursor) == ((), 0, "")
    assert world.core.stores.events.end("decisions") == (0,)


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_limit_outside_of_the_bounds_is_refused(world, for_you, limit):
    with pytest.raises(InvalidInput):
        for_you.rank(Request(user_id=world.ada, limit=limit))


def test_a_missing_online_store_is_made_and_served_light(world, promote, open_for_you):
    promote()
    assert not (world.home / ONLINE_FILE).exists()
    assert open_for_you().rank(Request(user_id=world.ada)).served_by == "light"


def test_a_damaged_online_store_is_told_at_the_start(world, open_for_you):
    path = world.home / ONLINE_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(Corrupt, match="materialize"):
        open_for_you()


def test_an_online_store_that_stops_answering_lowers_the_rung(world, for_you):
    online: OnlineRows = for_you.online
    online.close()
    answer = for_you.rank(Request(user_id=world.ada))
    assert answer.served_by == "chronological"
    assert answer.items


def test_a_home_folder_is_all_that_a_server_needs(world, promote):
    promote()
    world.core.close()
    with TestClient(create_app(world.home, clock=world.clock, compile_trees="never")) as client:
        client.app.state.for_you.freshness.catch_up()
        assert client.get("/readyz").json()["model_version"] == "v1"
        assert client.get(f"/v1/feed/{world.ada}").status_code == 200
    FeedCore.open(world.home, clock=world.clock).close()
