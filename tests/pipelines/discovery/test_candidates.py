"""A candidate is among the best of some score; what many scores speak for is the strongest."""

import numpy as np
import pytest

from pipelines.discovery.candidates import fused_ranks

NONE = np.zeros((1, 4), dtype=bool)


def test_a_candidate_has_a_score_above_nothing_and_is_new_to_the_person() -> None:
    scores = {"one": np.array([[0.0, 2.0, 1.0]], np.float32), "all": np.array([0.0, 0.0, 3.0], np.float32)}
    engaged = np.array([[False, True, False]])
    assert (fused_ranks(scores, engaged, {"one": 2, "all": 5}) > 0).tolist() == [[False, False, True]]


def test_quotas_take_the_best_of_each_score() -> None:
    scores = {"one": np.array([[1.0, 4.0, 3.0, 2.0]], np.float32)}
    assert (fused_ranks(scores, NONE, {"one": 2}) > 0).tolist() == [[False, True, True, False]]


def test_strength_adds_up_over_scores_by_place() -> None:
    scores = {
        "one": np.array([[1.0, 4.0, 3.0, 0.0]], np.float32),
        "all": np.array([9.0, 5.0, 0, 0], np.float32),
    }
    fused = fused_ranks(scores, NONE, {"one": 4, "all": 4})[0]
    np.testing.assert_allclose(fused, [1 / 62 + 1 / 60, 1 / 60 + 1 / 61, 1 / 61, 0], rtol=1e-6)


@pytest.mark.parametrize("quota", [1, 7, 39, 40, 50])
def test_of_equal_scores_the_first_become_candidates(quota: int) -> None:
    counts = np.random.default_rng(0).integers(0, 4, (200, 40)).astype(np.float32)
    fused = fused_ranks({"one": counts}, np.zeros(counts.shape, dtype=bool), {"one": quota})
    places = np.argsort(-counts, axis=1, kind="stable")[:, :quota]
    expected = np.zeros_like(counts)
    np.put_along_axis(expected, places, 1 / (60 + np.arange(places.shape[1], dtype=np.float32)), axis=1)
    np.testing.assert_allclose(fused, np.where(counts > 0, expected, 0), rtol=1e-6)
