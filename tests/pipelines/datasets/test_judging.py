"""Learning from earlier cuts and judging after the split, on histories whose truth is known."""

import msgspec
import numpy as np
import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.datasets.examples import Examples, examples_of
from pipelines.datasets.judging import (
    Judged,
    candidate_recall,
    compare_windows,
    friends_recall,
    judge_window,
)
from pipelines.datasets.learning import HELD_OUT, TREES, Window, earlier_cuts, judged_cuts, learn, taught
from pipelines.datasets.real_report import leads_of, table_of
from tests.pipelines.datasets.planted import START, circles, make
from training.rankers.boosting import Trees
from training.rankers.config import TreesConfig

WINDOW = Window(days=30, cuts=7, judged=3)


def test_windows_of_earlier_cuts_end_at_the_split_or_before() -> None:
    history = circles()
    split = history.split()
    cuts = earlier_cuts(history, split, WINDOW)
    assert cuts == sorted(cuts)
    assert cuts[-1] + WINDOW.ms == split
    assert all((split - cut) % WINDOW.ms == 0 for cut in cuts)
    assert cuts[0] >= history.at[0] + WINDOW.ms, "the first cut has a past to learn from"


def test_judged_windows_begin_at_the_split_and_later_ones_are_whole() -> None:
    history = circles()
    split = history.split(0.5)
    cuts = judged_cuts(history, split, WINDOW)
    assert cuts == [split, split + WINDOW.ms, split + 2 * WINDOW.ms]
    assert judged_cuts(history, int(history.at[-1]) - DAY, WINDOW) == [int(history.at[-1]) - DAY]


def test_nothing_after_the_split_is_refused() -> None:
    history = circles()
    with pytest.raises(InvalidInput, match="Nothing happens in the 30 days after the split"):
        judged_cuts(history, int(history.at[-1]) + DAY, WINDOW)


def test_a_history_too_short_to_learn_from_is_refused() -> None:
    history = make({(person, person): 3 * person for person in range(6)})
    with pytest.raises(InvalidInput, match="windows of 30 days before the split"):
        earlier_cuts(history, history.split(), WINDOW)


def test_what_circles_of_friends_take_up_is_learned() -> None:
    """Ranked finds more than popularity where taste lies in circles, and the comparison says so."""
    history = circles()
    split = history.split()
    examples = taught(history, earlier_cuts(history, split, WINDOW), WINDOW, 0, lambda: None)
    assert len(examples) > HELD_OUT
    trees = learn(examples, config=_small())
    judged = [judge_window(trees, examples_of(history, split, WINDOW.ms))]
    comparison = compare_windows(judged)
    assert comparison.lead("popular_30_days", "ndcg@20").low > 0
    leads = leads_of(comparison, "ranked")
    lead = next(one for one in leads if one.over == "popular_30_days" and one.metric == "NDCG@20")
    assert lead.apart == comparison.interval("ranked", "ndcg@20").above(
        comparison.interval("popular_30_days", "ndcg@20")
    )
    table = table_of("title", "note", comparison)
    assert [metric.name for metric in table.metrics] == ["NDCG@20", "recall@20", "hit rate@20"]
    assert {row.name for row in table.metrics[0].rows} == set(judged[0].scores)


def test_targets_that_are_no_candidates_count_as_missed() -> None:
    examples = _examples(positives=[4, 1])
    judged = Judged(examples, {"ranked": np.array([3, 2, 1], np.float32), "other": np.ones(3, np.float32)})
    comparison = compare_windows([judged])
    assert comparison.interval("ranked", "recall@20").mean == pytest.approx(0.25 / 2)
    assert comparison.interval("ranked", "hit_rate@20").mean == pytest.approx(0.5)
    assert comparison.interval("ranked", "ndcg@20").users == 2
    assert candidate_recall(examples) == pytest.approx(0.25 / 2)


def test_windows_of_one_person_are_resampled_together() -> None:
    examples = _examples(positives=[1, 1])
    judged = Judged(examples, {"ranked": np.array([3, 2, 1], np.float32), "other": np.ones(3, np.float32)})
    comparison = compare_windows([judged, judged, judged])
    interval = comparison.interval("ranked", "recall@20")
    assert (interval.queries, interval.users) == (6, 2)


def test_chronological_is_the_order_of_the_timeline() -> None:
    history = make(
        {(1, 0): 1, (1, 1): 3, (2, 2): 3, (1, 3): 2, (0, 1): 20},
        [(0, 1, 0, True), (0, 2, 0, True)],
    )
    examples = examples_of(history, START + 10 * DAY, 30 * DAY)
    judged = judge_window(_flat(), examples)
    order = np.argsort(-judged.scores["chronological"])
    assert examples.post[order].tolist() == [102, 101, 103, 100]


def test_the_bound_of_friends_counts_targets_that_a_friend_engaged_with_before() -> None:
    history = make(
        {(1, 0): 1, (1, 1): 2, (2, 2): 3, (0, 0): 12, (0, 2): 13, (0, 3): 14, (3, 0): 15},
        [(0, 1, 0, True)],
    )
    by_person, overall = friends_recall(history, START + 10 * DAY, 30 * DAY)
    assert by_person == pytest.approx((1 / 3 + 0) / 2)
    assert overall == pytest.approx(1 / 4)


def _examples(positives: list[int]) -> Examples:
    """Two people; the first has two candidates of which the first is a target, the second has one."""
    return Examples(
        cut=START,
        names=("one",),
        people=np.array([10, 11]),
        positives=np.array(positives),
        person=np.array([0, 0, 1]),
        post=np.array([100, 101, 100]),
        target=np.array([True, False, False]),
        matrix=np.zeros((3, 1), np.float32),
    )


def _small() -> TreesConfig:
    return msgspec.structs.replace(TREES, trees=40, min_rows_per_leaf=20)


def _flat() -> Trees:
    """Trees that were taught nothing of use here."""
    history = circles()
    cuts = earlier_cuts(history, history.split(), WINDOW)[-HELD_OUT - 1 :]
    return learn(taught(history, cuts, WINDOW, 0, lambda: None), config=_small())
