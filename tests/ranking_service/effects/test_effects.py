"""What is logged and remembered of a page, and what a failed effect leaves of it."""

from dataclasses import replace

import numpy as np
import pytest

from features.definitions import FEATURE_NAMES
from ranking_service.effects.impressions import decision_of
from ranking_service.pipeline.aftermath import Aftermath
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.records import Request


@pytest.fixture
def page(world, for_you):
    (page,) = for_you.sent(for_you.pages([Request(user_id=world.ada, limit=4)]))
    return page


class Effect:
    """Remembers what it was run with; fails when told to."""

    def __init__(self, name, error=None):
        self.name, self.error, self.pages = name, error, []

    def run(self, pages):
        self.pages = list(pages)
        if self.error:
            raise self.error


def test_a_decision_says_what_where_why_and_with_which_values(world, page):
    decision = decision_of(page)
    assert decision.user_id == world.ada
    assert decision.positions == (0, 1, 2, 3)
    assert set(decision.sources) == {"in_network"}
    assert decision.definitions_hash == page.shown.definitions_hash
    rows = np.frombuffer(decision.features, "<f4").reshape(4, len(FEATURE_NAMES))
    np.testing.assert_array_equal(rows, page.shown.scored.features)


def test_a_decision_without_scores_has_no_values(page):
    plain = replace(page, shown=replace(page.shown, scored=None))
    decision = decision_of(plain)
    assert decision.features == b""
    assert decision.scores == ()
    assert decision.propensities == (1.0,) * 4


def test_pages_of_many_people_are_written_together(world, for_you):
    users = [world.ada, world.people["ben"], world.people["cleo"], world.people["eve"]]
    world.core.graph.follow_many([(user, world.people["fay"]) for user in users[1:3]])
    world.core.drain()
    pages = for_you.sent(for_you.pages([Request(user_id=user, limit=3) for user in users]))
    assert len({page.decision_id for page in pages[:3]} - {0}) == 3
    assert [page.query.user_id for page in pages] == users
    assert pages[3].decision_id == 0
    assert world.core.stores.events.end("decisions") == (3,)


def test_an_effect_is_not_asked_about_pages_that_show_nothing(page):
    effect = Effect("impressions")
    Aftermath([effect], RankMetrics()).run([page, replace(page, decision_id=0)])
    assert effect.pages == [page]


def test_the_effects_after_one_that_failed_still_run(page):
    after = Effect("served")
    Aftermath([Effect("snapshots", OSError("full")), after], RankMetrics()).run([page])
    assert after.pages


@pytest.mark.parametrize(
    ("name", "decision", "cursor"),
    [("snapshots", True, False), ("impressions", False, True), ("served", True, True)],
)
def test_an_answer_promises_only_what_was_kept(page, name, decision, cursor):
    (left,) = Aftermath([Effect(name, OSError("full"))], RankMetrics()).run([page])
    assert bool(left.decision_id) == decision
    assert bool(left.next_cursor) == cursor
