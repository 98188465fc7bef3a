"""Why a post stands where it stands: every part of the value, and each rule that touched it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.definitions import FEATURE_NAMES, SOURCES
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.ranking import Ranking, Scored
from ranking_service.why import SHOWN, reasons

NAMES = ("post_age", "post_like_rate_7d", "follows_author", "match_friends")


class Moved:
    """Stands in for what trees say of each feature."""

    def __init__(self, parts):
        self.parts = np.array(parts, np.float64)

    def of(self, features):
        assert features.shape == self.parts.shape
        return self.parts


class Model:
    """What ``reasons`` asks of a model."""

    version = "v1"

    def __init__(self, features, parts=None):
        self.features, self.explained_by = features, None if parts is None else Moved(parts)


def ranking(n, *, actions=(), weights=(), chances=None, factors=None, rules=(), features=None):
    ids, values = np.arange(1, n + 1), np.linspace(1, -1, n)
    scored = Scored(
        values=values, scores=values / 2, before=ids[::-1] - 1, rules=rules,
        factors=np.ones((n, len(rules))) if factors is None else np.array(factors, np.float64),
        actions=actions, weights=weights,
        probabilities=np.zeros((n, 0)) if chances is None else np.array(chances, np.float64),
        features=np.zeros((n, 2), np.float32) if features is None else np.array(features, np.float32),
    )  # fmt: skip
    pool = Pool(ids, ids, ids, ids % len(SOURCES), ids > 0)
    return Ranking("full", "v1", "hash", None, pool, scored)


chances = st.lists(st.floats(0, 1), min_size=3, max_size=3)
weights = st.tuples(*[st.floats(-50, 50)] * 3)


@settings(max_examples=30)
@given(st.lists(chances, min_size=1, max_size=5), weights)
def test_actions_are_told_all_with_the_loudest_first(rows, by_action):
    shown = ranking(len(rows), actions=("like", "share", "hide"), weights=by_action, chances=rows)
    for row, why in zip(rows, reasons(shown, np.arange(len(rows)), None), strict=True):
        told = {part.action: (part.probability, part.weight) for part in why.actions}
        assert told == dict(zip(("like", "share", "hide"), zip(row, by_action, strict=True), strict=True))
        loud = [abs(part.contribution) for part in why.actions]
        assert loud == sorted(loud, reverse=True)
        assert all(part.contribution == part.probability * part.weight for part in why.actions)


def test_only_rules_that_changed_the_score_are_told_in_their_order():
    shown = ranking(3, rules=("out_of_network", "author_decay"), factors=[[1, 1], [0.75, 0.5], [1, 0.25]])
    told = [[(rule.name, rule.factor) for rule in why.rules] for why in reasons(shown, np.arange(3), None)]
    assert told == [[], [("out_of_network", 0.75), ("author_decay", 0.5)], [("author_decay", 0.25)]]


def test_places_sources_values_and_scores_stay_with_their_post():
    told = reasons(ranking(3), np.array([7, 8, 9]), None)
    assert [(why.position_before, why.position_after) for why in told] == [(2, 7), (1, 8), (0, 9)]
    assert [(why.value, why.score) for why in told] == [(1.0, 0.5), (0.0, 0.0), (-1.0, -0.5)]
    assert [why.source for why in told] == list(SOURCES[1:4])


def test_without_scores_a_place_is_all_there_is_to_tell():
    shown = ranking(2)
    plain = Ranking("chronological", "", "", None, shown.pool, None)
    told = reasons(plain, np.array([4, 5]), Model(NAMES))
    assert [(why.position_before, why.position_after, why.value, why.score) for why in told] == [
        (4, 4, None, None), (5, 5, None, None),
    ]  # fmt: skip


def test_features_that_moved_nothing_are_not_told_and_what_is_unknown_has_no_value():
    shown = ranking(1, features=[[np.nan, 2.5, 0.0, 1.0]])
    (why,) = reasons(shown, np.arange(1), Model(NAMES, [[-3.0, 0.0, 0.5, 4.0]]))
    told = [(part.feature, part.value, part.contribution) for part in why.features]
    assert told == [("match_friends", 1.0, 4.0), ("post_age", None, -3.0), ("follows_author", 0.0, 0.5)]
    assert all(part.label for part in why.features)


def test_no_more_than_the_six_loudest_features_are_told():
    names = FEATURE_NAMES[:9]
    parts = [[0.1 * (-1) ** i * i for i in range(1, 10)]]
    shown = ranking(1, features=np.ones((1, 9)))
    (why,) = reasons(shown, np.arange(1), Model(names, parts))
    assert [part.feature for part in why.features] == list(reversed(names))[:SHOWN]


def test_a_list_that_another_version_has_ranked_is_told_without_its_features():
    model = Model(NAMES, [[1.0, 1.0, 1.0, 1.0]])
    model.version = "v2"
    (why,) = reasons(ranking(1, features=np.ones((1, 4))), np.arange(1), model)
    assert why.features == ()
    assert reasons(ranking(0), np.arange(0), Model(NAMES, np.zeros((0, 2)))) == []
