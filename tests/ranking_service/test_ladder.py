"""What fails lowers the rung and never lets an unsafe post through."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from features.online import PackedRows
from feed_core.model.errors import Unavailable
from ranking_service.pipeline.gathering import Gathering
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.records import Request


class Broken:
    """Stands for a part whose store does not answer."""

    name, quota, seconds = "trending", 10, 5.0

    def find(self, query):
        raise OSError("disk")

    def keep(self, query, pool):
        raise OSError("disk")

    def rows(self, query, pool):
        raise OSError("disk")


class Stuck(Broken):
    """A source that answers only when it is let go."""

    seconds = 0.02

    def __init__(self):
        self.go = threading.Event()

    def find(self, query):
        self.go.wait()
        return NO_IDS


def with_ladder(for_you, **parts):
    ladder = replace(for_you.paging.ladder, **parts)
    return replace(for_you, paging=replace(for_you.paging, ladder=ladder))


def with_sources(for_you, *sources, parallel=False):
    return with_ladder(for_you, gathering=Gathering(sources, parallel=parallel))


@pytest.fixture
def sources(for_you):
    return for_you.gathering.sources


def shown(answer):
    return [item.post.post_id for item in answer.items]


def give_features(world, for_you):
    """One counted row, so that nothing but a failure can lower the rung."""
    from features.definitions import VIEW_BY_NAME

    view = VIEW_BY_NAME["user_activity"]
    row = np.ones((1, view.width), np.float32)
    for_you.online.write_many(
        view, PackedRows(np.array([world.ada]), row, np.array([world.clock.now() - 60_000]))
    )


def test_with_every_part_at_work_the_answer_is_full_and_tells_the_age_of_its_features(world, for_you):
    give_features(world, for_you)
    answer = for_you.rank(Request(user_id=world.ada))
    assert (answer.served_by, answer.feature_age_ms) == ("full", 60_000)


def test_without_any_feature_row_the_answer_is_light(world, for_you):
    answer = for_you.rank(Request(user_id=world.ada))
    assert (answer.served_by, answer.feature_age_ms) == ("light", None)


def test_a_source_that_fails_is_left_out(world, for_you, sources):
    give_features(world, for_you)
    answer = with_sources(for_you, sources[0], Broken()).rank(Request(user_id=world.ada))
    assert answer.served_by == "light"
    assert len(answer.items) == 20


def test_a_source_that_takes_too_long_is_left_out(world, for_you, sources):
    stuck = Stuck()
    patient = replace(sources[0], seconds=30.0)
    service = with_sources(for_you, patient, stuck, parallel=True)
    try:
        answer = service.rank(Request(user_id=world.ada))
    finally:
        stuck.go.set()
    assert answer.served_by == "light"
    assert answer.items


def test_without_any_source_the_last_ranking_is_served_again(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    answer = with_sources(for_you, Broken()).rank(Request(user_id=world.ada, limit=5))
    assert answer.served_by == "cached"
    assert not set(shown(answer)) & set(shown(first))


def test_the_last_ranking_is_filtered_anew(world, for_you):
    for_you.rank(Request(user_id=world.ada, limit=5))
    world.core.graph.block_many([(world.ada, world.people["ben"])])
    answer = with_sources(for_you, Broken()).rank(Request(user_id=world.ada, limit=30))
    assert answer.served_by == "cached"
    assert answer.items
    assert world.people["ben"] not in {item.post.author_id for item in answer.items}


def test_without_a_last_ranking_the_answer_is_newest_first(world, for_you):
    answer = with_sources(for_you, Broken()).rank(Request(user_id=world.ada, limit=5))
    assert answer.served_by == "chronological"
    assert shown(answer) == [e.post_id for e in world.core.timelines.page(world.ada, 5).entries]


def test_features_that_cannot_be_read_lower_the_rung(world, for_you):
    answer = with_ladder(for_you, features=Broken()).rank(Request(user_id=world.ada))
    assert answer.served_by == "chronological"


def test_a_model_that_cannot_score_lowers_the_rung(world, for_you):
    model = for_you.champion.model()
    for_you.champion._model = replace(model, trees=model.trees[:-1])
    assert for_you.rank(Request(user_id=world.ada)).served_by == "chronological"


def test_a_request_without_time_left_is_served_newest_first(world, for_you):
    answer = replace(for_you, budget_ms=0).rank(Request(user_id=world.ada))
    assert answer.served_by == "chronological"
    assert answer.items


@pytest.mark.parametrize("place", range(5))
def test_whichever_filter_fails_nothing_unvouched_is_shown(world, for_you, place):
    ben = world.people["ben"]
    world.core.graph.block_many([(world.ada, ben)])
    world.core.posts.delete_many(world.people["cleo"], world.ids("cleo")[:3])
    filters = list(for_you.paging.filters)
    filters[place] = Broken()
    service = replace(for_you, paging=replace(for_you.paging, filters=filters))
    answer = service.rank(Request(user_id=world.ada, limit=50))
    assert answer.served_by == "chronological"
    assert ben not in {item.post.author_id for item in answer.items}
    assert not set(shown(answer)) & set(world.ids("cleo")[:3])


def test_when_nothing_can_be_read_the_answer_is_unavailable(world, for_you):
    service = with_ladder(for_you, gathering=Gathering([Broken()], parallel=False), timelines=Broken())
    with pytest.raises(Unavailable):
        service.rank(Request(user_id=world.ada))


def test_a_following_page_that_cannot_be_vouched_for_is_unavailable(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    service = replace(for_you, paging=replace(for_you.paging, safety=[Broken()]))
    with pytest.raises(Unavailable):
        service.rank(Request(user_id=world.ada, limit=5, cursor=first.next_cursor))


def test_a_following_page_leaves_out_what_was_deleted_or_blocked_since(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    world.core.graph.block_many([(world.ada, world.people["ben"])])
    gone = [id_ for id_ in world.ids("cleo") if id_ not in shown(first)][:4]
    world.core.posts.delete_many(world.people["cleo"], gone)
    second = for_you.rank(Request(user_id=world.ada, limit=50, cursor=first.next_cursor))
    assert world.people["ben"] not in {item.post.author_id for item in second.items}
    assert not set(shown(second)) & set(gone)
    assert [item.position for item in second.items] == list(range(5, 5 + len(second.items)))


def test_candidates_of_the_caller_that_cannot_be_vouched_for_are_refused(world, for_you):
    service = replace(for_you, candidates=replace(for_you.candidates, filters=[Broken()]))
    with pytest.raises(Unavailable):
        service.score_candidates(world.ada, world.ids("ben"))


def test_an_answer_whose_log_failed_promises_no_decision_and_is_sent(world, for_you):
    class Unlogged:
        name = "impressions"

        def run(self, pages):
            raise OSError("disk full")

    for_you.aftermath._effects = (Unlogged(),)
    answer = for_you.rank(Request(user_id=world.ada))
    assert answer.decision_id == 0
    assert answer.items


def test_an_answer_whose_snapshot_failed_has_no_cursor(world, for_you):
    class Unkept:
        name = "snapshots"

        def run(self, pages):
            raise OSError("disk full")

    for_you.aftermath._effects = (Unkept(),)
    assert for_you.rank(Request(user_id=world.ada, limit=3)).next_cursor == ""
