"""Best partners equal a plain search, also with barred ones and ties."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from pipelines.spark import nearest
from pipelines.spark.nearest import Best, best_partners, nearest_rows

_SEEDS = st.integers(0, 10_000)


def _plain(scores: np.ndarray, count: int) -> list[list[int]]:
    ranked = [sorted(range(len(row)), key=lambda at, row=row: (-row[at], at)) for row in scores]
    return [[at for at in order if row[at] > 0][:count] for order, row in zip(ranked, scores, strict=True)]


def _lists(best: Best) -> list[list[int]]:
    return (
        [part.tolist() for part in np.split(best.columns, best.starts[1:-1])] if len(best.starts) > 1 else []
    )


@given(_SEEDS, st.integers(1, 9), st.integers(1, 12), st.integers(1, 8))
def test_best_partners_equal_a_plain_search(seed: int, n: int, m: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    left, right = rng.normal(size=(n, 3)).astype(np.float32), rng.normal(size=(m, 3)).astype(np.float32)
    barred = rng.random((n, m)) < 0.3
    best = best_partners(left, right, count, csr_array(barred.astype(float)))
    assert _lists(best) == _plain(np.where(barred, 0, left @ right.T), count)
    expected = (left @ right.T)[np.repeat(np.arange(n), np.diff(best.starts)), best.columns]
    assert np.allclose(best.scores, expected)


def test_blocks_give_the_same_as_one_piece() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(50, 4)).astype(np.float32), rng.normal(size=(30, 4)).astype(np.float32)
    whole, nearest._BLOCK = best_partners(left, right, 5), 7
    try:
        blocks = best_partners(left, right, 5)
    finally:
        nearest._BLOCK = 512
    assert whole.columns.tolist() == blocks.columns.tolist()
    assert np.allclose(whole.scores, blocks.scores)


@given(_SEEDS)
def test_nobody_is_their_own_neighbour_and_similarity_is_cosine(seed: int) -> None:
    rows = np.random.default_rng(seed).normal(size=(8, 3)).astype(np.float32)
    rows[2] = 0
    best = nearest_rows(rows, 5)
    for person, mine in enumerate(_lists(best)):
        assert person not in mine
        assert 2 not in mine
    assert _lists(best)[2] == []
    assert ((best.scores > 0) & (best.scores <= 1.0001)).all()


def test_nothing_to_choose_from_gives_empty_lists() -> None:
    people = np.ones((3, 2), dtype=np.float32)
    assert best_partners(people, np.zeros((0, 2), np.float32), 5).starts.tolist() == [0, 0, 0, 0]
    assert best_partners(people[:0], people, 5).starts.tolist() == [0]
