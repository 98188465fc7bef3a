"""Lists of candidates keep what belongs together when they are joined, sampled and cut."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.datasets import Choices, joined


def choices(queries: list[int], chosen: list[bool], people: int = 3) -> Choices:
    n = len(queries)
    return Choices(
        features=np.arange(n, dtype=np.float32)[:, None],
        people=np.arange(10, 10 + people),
        positives=np.ones(people, np.int64),
        queries=np.array(queries, np.int64),
        posts=np.arange(100, 100 + n),
        chosen=np.array(chosen, bool),
        baselines={"one": np.arange(n, dtype=np.float64)},
    )


rows = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=40).map(sorted)


@given(rows, st.integers(0, 5), st.integers(0, 9))
def test_few_keep_what_was_chosen_and_at_most_so_many_others(
    drawn: list[tuple[int, bool]], negatives: int, seed: int
) -> None:
    whole = choices([query for query, _ in drawn], [chosen for _, chosen in drawn])
    few = whole.few(negatives, seed)
    assert few.chosen.sum() == whole.chosen.sum()
    assert set(few.queries.tolist()) == set(whole.queries[whole.chosen].tolist())
    for query in set(few.queries.tolist()):
        there = int((~whole.chosen[whole.queries == query]).sum())
        assert (~few.chosen[few.queries == query]).sum() == min(negatives, there)
    assert np.array_equal(few.posts, whole.few(negatives, seed).posts), "same seed, same rows"
    assert (few.posts - 100 == few.features[:, 0]).all()


def test_joined_lists_stay_apart() -> None:
    both = joined([choices([0, 2], [True, False]), choices([1, 1], [False, True])])
    assert both.queries.tolist() == [0, 2, 4, 4]
    assert both.people[both.queries].tolist() == [10, 12, 11, 11]
    assert both.expected.queries.tolist() == list(range(6))
    assert both.value.tolist() == [1.0, 0.0, 0.0, 1.0]
    assert both.baselines["one"].tolist() == [0.0, 1.0, 0.0, 1.0]
