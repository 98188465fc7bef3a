"""Many threads ask one pipeline at once; each has its own page, and each page is one decision."""

import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from feed_core.model.events import Decision
from ranking_service.records import Request

THREADS = 6


def at_once(act):
    gate = threading.Barrier(THREADS, timeout=20)

    def run(number):
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def side_by_side(promote, open_for_you):
    """The pipeline whose sources run in threads of their own."""
    promote()
    return open_for_you(budget_ms=60_000)


def test_every_answer_is_whole_and_logged_once(world, side_by_side):
    answers = at_once(lambda _: side_by_side.rank(Request(user_id=world.ada, limit=5)))
    assert all(len(answer.items) == 5 and answer.next_cursor for answer in answers)
    records = world.core.stores.events.read("decisions", (0,), 100)
    logged = [msgspec.msgpack.decode(record.body, type=Decision) for record in records]
    shown = {answer.decision_id: [item.post.post_id for item in answer.items] for answer in answers}
    assert {each.decision_id: list(each.post_ids) for each in logged} == shown
    assert len(logged) == THREADS


def test_cursors_of_lists_made_at_once_go_on_each_in_its_own(world, side_by_side):
    def walk(number):
        seen, cursor = [], ""
        while True:
            answer = side_by_side.rank(Request(user_id=world.ada, limit=3 + number, cursor=cursor))
            seen += [item.post.post_id for item in answer.items]
            if not (cursor := answer.next_cursor):
                return seen

    for seen in at_once(walk):
        assert len(seen) == len(set(seen)) > 0


def test_scores_at_once_are_those_of_one_after_the_other(world, side_by_side):
    people = [*world.people.values()][:THREADS]
    ids = world.ids("ben") + world.ids("eve")
    alone = [side_by_side.score_candidates(user, ids).items for user in people]
    assert at_once(lambda number: side_by_side.score_candidates(people[number], ids).items) == alone
