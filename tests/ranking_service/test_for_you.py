"""The pipeline end to end on real stores."""

from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np

from features.definitions import FEATURE_NAMES
from feed_core.model.events import Decision, Event
from ranking_service.records import Request


def decisions(world):
    return [
        msgspec.msgpack.decode(r.body, type=Decision)
        for r in world.core.stores.events.read("decisions", (0,), 100)
    ]


def test_a_page_is_ranked_hydrated_and_explained(world, for_you):
    answer = for_you.rank(Request(user_id=world.ada, limit=10))
    assert [item.position for item in answer.items] == list(range(10))
    assert answer.model_version == "v1"
    first = answer.items[0]
    assert first.author.user_id == first.post.author_id
    assert {part.action for part in first.why.actions} == {"like", "comment", "share", "hide", "long_dwell"}
    assert np.isclose(sum(part.contribution for part in first.why.actions), first.why.value)


def test_what_was_shown_is_logged_with_the_values_that_the_model_read(world, for_you):
    answer = for_you.rank(Request(user_id=world.ada, limit=5))
    (decision,) = decisions(world)
    assert decision.decision_id == answer.decision_id
    assert list(decision.post_ids) == [item.post.post_id for item in answer.items]
    assert list(decision.scores) == [item.why.score for item in answer.items]
    assert decision.propensities == (1.0,) * 5
    rows = np.frombuffer(decision.features, "<f4").reshape(5, len(FEATURE_NAMES))
    assert (rows[:, FEATURE_NAMES.index("follows_author")] == 1).any()
    events = [
        msgspec.msgpack.decode(r.body, type=Event)
        for r in world.core.stores.events.read("engagement", (0,), 100)
    ]
    assert [(e.post_id, e.position) for e in events if e.decision_id == answer.decision_id] == list(
        zip(decision.post_ids, decision.positions, strict=True)
    )


def test_the_next_answer_does_not_repeat_what_was_shown(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=10))
    second = for_you.rank(Request(user_id=world.ada, limit=10))
    assert not {i.post.post_id for i in first.items} & {i.post.post_id for i in second.items}


def test_pages_made_side_by_side_are_those_made_one_after_the_other(world, for_you):
    users = [world.ada, world.people["ben"], world.people["cleo"]] * 5
    alone = [[item.post.post_id for item in for_you.preview(user, 5).items] for user in users]
    with ThreadPoolExecutor(4) as threads:
        pages = for_you.sent(for_you.pages([Request(user_id=user, limit=5) for user in users], threads))
    assert [page.shown.pool.post_ids.tolist() for page in pages] == alone
    assert [page.query.user_id for page in pages] == users
    mine = [page.decision_id for page in pages[::3]]
    assert mine == sorted(set(mine)), "ids are given in the order of the requests"


def test_pages_of_one_ranking_neither_repeat_nor_skip(world, for_you):
    whole = for_you.preview(world.ada, 36)
    cursor, seen = "", []
    while True:
        answer = for_you.rank(Request(user_id=world.ada, limit=7, cursor=cursor))
        seen += [item.post.post_id for item in answer.items]
        assert [item.position for item in answer.items] == list(
            range(len(seen) - len(answer.items), len(seen))
        )
        cursor = answer.next_cursor
        if not cursor:
            break
    assert sorted(seen) == sorted(item.post.post_id for item in whole.items)


def test_without_a_bundle_the_answer_is_newest_first_and_still_logged(world, open_for_you):
    answer = open_for_you().rank(Request(user_id=world.ada, limit=10))
    assert answer.served_by == "chronological"
    entries = world.core.timelines.page(world.ada, 10).entries
    assert [item.post.post_id for item in answer.items] == [entry.post_id for entry in entries]
    assert decisions(world)[0].served_by == "chronological"
    assert answer.items[0].why.score is None
