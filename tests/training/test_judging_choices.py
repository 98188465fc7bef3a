"""Choices are judged list by list, with what was no candidate counted as missed, by person."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bundle import RANK_HEAD
from features.calibration import Calibration
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from tests.training.examples import planted
from training.datasets import Choices, Split, held_out_span, joined, split_by_time
from training.evaluation import mean_interval
from training.judging import CHOICE_METRICS, RANKED, judge_choices
from training.rankers.fitted import FittedRanker


class FirstFeature:
    """Trees that say the first feature."""

    def score(self, matrix: np.ndarray) -> np.ndarray:
        return matrix[:, 0].astype(np.float64)


RANKER = FittedRanker("lambdarank", {RANK_HEAD: FirstFeature()}, {RANK_HEAD: Calibration()}, {})  # type: ignore[dict-item]
lists = st.lists(
    st.tuples(st.lists(st.booleans(), max_size=6), st.integers(0, 2), st.integers(1, 3)),
    min_size=1,
    max_size=6,
).filter(lambda drawn: any(any(chosen) or missed for chosen, missed, _ in drawn))


def choices(drawn: list[tuple[list[bool], int, int]], seed: int = 0) -> Choices:
    """Lists of (what was chosen of the candidates, how many others were chosen, who)."""
    rng = np.random.default_rng(seed)
    chosen = np.array([own for held, _, _ in drawn for own in held], bool)
    n = len(chosen)
    return Choices(
        features=rng.permutation(n)[:, None].astype(np.float32),
        people=np.array([person for _, _, person in drawn]),
        positives=np.array([sum(held) + missed for held, missed, _ in drawn]),
        queries=np.repeat(np.arange(len(drawn)), [len(held) for held, _, _ in drawn]),
        posts=np.arange(n) + 100,
        chosen=chosen,
        baselines={"chance": rng.random(n)},
    )


def _recall(made: Choices, scores: np.ndarray, k: int) -> np.ndarray:
    found = []
    for place, wanted in enumerate(made.positives.tolist()):
        own = np.flatnonzero(made.queries == place)
        first = own[np.argsort(-scores[own])][:k]
        found.append(made.chosen[first].sum() / wanted if wanted else np.nan)
    return np.array(found)


@settings(max_examples=20)
@given(drawn=lists, seed=st.integers(0, 3), k=st.integers(1, 4))
def test_each_list_is_judged_by_all_that_was_chosen_and_intervals_resample_people(drawn, seed, k) -> None:
    made = choices(drawn, seed)
    table = judge_choices(RANKER, made, metrics=(f"recall@{k}",), resamples=20, seed=seed)
    for name, scores in ((RANKED, made.features[:, 0]), ("chance", made.baselines["chance"])):
        by_hand = mean_interval(_recall(made, scores, k), made.people, resamples=20, seed=seed)
        found = table.interval(name, f"recall@{k}")
        assert (found.mean, found.low, found.high) == pytest.approx((by_hand.mean, by_hand.low, by_hand.high))
        assert (found.queries, found.users) == (by_hand.queries, by_hand.users)


def test_the_ranker_stands_before_every_baseline_at_every_metric() -> None:
    table = judge_choices(RANKER, choices([([True, False], 1, 1), ([False, True], 0, 2)]), resamples=10)
    assert [row.recommender for row in table.rows] == [RANKED] * 4 + ["chance"] * 4
    assert [row.metric for row in table.leads] == list(CHOICE_METRICS)
    assert {row.recommender for row in table.leads} == {"chance"}


def test_when_nobody_chose_anything_there_is_nothing_to_judge() -> None:
    with pytest.raises(InvalidInput, match="No query has a relevant item"):
        judge_choices(RANKER, choices([([False, False], 0, 1)]), resamples=10)


rows = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30)


def scattered(drawn: list[tuple[int, bool]]) -> Choices:
    """Rows in any order, of four lists of which some may be empty."""
    made = choices([([chosen for _, chosen in drawn], 1, 5), ([], 0, 6), ([], 0, 6), ([], 0, 7)])
    return replace(made, queries=np.array([query for query, _ in drawn], np.int64))


@settings(max_examples=25)
@given(drawn=rows, negatives=st.integers(0, 4), seed=st.integers(0, 3))
def test_few_of_rows_in_any_order_are_rows_of_lists_that_teach(drawn, negatives, seed) -> None:
    whole = scattered(drawn)
    few = whole.few(negatives, seed)
    places = (few.posts - 100).tolist()
    assert places == sorted(set(places)), "in the order of the whole, each once"
    teaching = {query for query, chosen in drawn if chosen}
    assert {drawn[place] for place in places if drawn[place][1]} == {row for row in drawn if row[1]}
    for query in range(4):
        others = [place for place in places if drawn[place] == (query, False)]
        assert len(others) == (min(negatives, drawn.count((query, False))) if query in teaching else 0)
    np.testing.assert_array_equal(few.people, whole.people)
    np.testing.assert_array_equal(few.baselines["chance"], whole.baselines["chance"][places])


@settings(max_examples=20)
@given(parts=st.lists(rows, min_size=1, max_size=4))
def test_joined_parts_keep_who_chose_what(parts) -> None:
    made = [scattered(part) for part in parts]
    both = joined(made)
    flat: list[Any] = [int(part.people[query]) for part in made for query in part.queries.tolist()]
    assert both.people[both.queries].tolist() == flat
    assert len(set(both.expected.queries.tolist())) == len(both.people) == 4 * len(parts)
    assert both.expected.positives.tolist() == [n for part in made for n in part.positives.tolist()]
    assert both.chosen.tolist() == [chosen for part in parts for _, chosen in part]


def test_no_parts_are_no_lists() -> None:
    with pytest.raises(ValueError, match="concatenate"):
        joined([])


EXAMPLES = planted(400)


@settings(max_examples=12)
@given(bounds=st.tuples(*[st.integers(0, 19)] * 2).map(sorted))
def test_a_split_by_time_is_every_row_once_and_refused_when_a_part_is_empty(bounds) -> None:
    times = np.unique(EXAMPLES.times)
    valid_from, test_from = (int(times[bound]) for bound in bounds)
    if not 0 < bounds[0] < bounds[1]:
        name = "train" if bounds[0] == 0 else "valid"
        with pytest.raises(InvalidInput, match=f"the {name} period"):
            split_by_time(EXAMPLES, valid_from=valid_from, test_from=test_from)
        return
    split: Split = split_by_time(EXAMPLES, valid_from=valid_from, test_from=test_from)
    np.testing.assert_array_equal(np.concatenate([part.posts for part in split]), EXAMPLES.posts)
    assert [int(part.times.min()) for part in split] == [int(times[0]), valid_from, test_from]


@pytest.mark.parametrize(
    ("days", "span"), [(30, DAY), (5, DAY), (4.999, 86_382_720), (1, DAY / 5), (1 / DAY, 0), (0.5, DAY / 10)]
)
def test_a_day_is_held_out_and_a_fifth_of_less_than_five(days: float, span: float) -> None:
    assert held_out_span(days) == span
