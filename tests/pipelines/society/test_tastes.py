"""Tastes are distributions, alike within communities, and drift slowly and reproducibly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipelines.society.config import SocietyConfig
from pipelines.society.randomness import Purpose, stream
from pipelines.society.tastes import Tastes, communities_of, dirichlet, drifted, first_tastes


@given(hnp.arrays(np.float64, (6, 5), elements=st.floats(1e-6, 50)), st.integers(0, 2**31))
def test_dirichlet_rows_are_distributions(alphas: np.ndarray, seed: int) -> None:
    drawn = dirichlet(np.random.default_rng(seed), alphas)
    assert (drawn >= 0).all()
    assert np.allclose(drawn.sum(axis=1), 1)


def test_dirichlet_has_the_expected_mean() -> None:
    alphas = np.tile([1.0, 2.0, 5.0], (20_000, 1))
    drawn = dirichlet(np.random.default_rng(1), alphas)
    assert np.allclose(drawn.mean(axis=0), [1 / 8, 2 / 8, 5 / 8], atol=0.01)


def test_people_of_one_community_are_more_alike_than_strangers() -> None:
    config = SocietyConfig(people=1_000)
    communities = communities_of(stream(3, Purpose.PEOPLE), config)
    tastes = first_tastes(stream(3, Purpose.TASTES), communities, config)
    unit = tastes / np.linalg.norm(tastes, axis=1, keepdims=True)
    alike, same = unit @ unit.T, communities[:, None] == communities[None, :]
    assert alike[same].mean() > 1.5 * alike[~same].mean()


@given(st.floats(0.0, 0.5), st.integers(0, 1_000))
def test_a_drifted_taste_is_a_distribution(sigma: float, seed: int) -> None:
    first = dirichlet(np.random.default_rng(seed), np.full((4, 6), 0.2))
    moved = drifted(first, np.random.default_rng(seed + 1), sigma)
    assert (moved > 0).all()
    assert np.allclose(moved.sum(axis=1), 1)


def test_tastes_move_further_with_every_day_but_keep_their_character() -> None:
    config = SocietyConfig(people=500)
    first = first_tastes(stream(1, Purpose.TASTES), communities_of(stream(1, Purpose.PEOPLE), config), config)
    tastes = Tastes(first, seed=1, sigma=config.drift)
    moved = [np.abs(tastes.on(day) - first).sum(axis=1).mean() for day in (1, 7, 14)]
    assert 0 < moved[0] < moved[1] < moved[2] < 0.5
    assert (tastes.on(14).argmax(axis=1) == first.argmax(axis=1)).mean() > 0.8


def test_a_day_is_the_same_whether_those_before_it_were_asked_for_or_not() -> None:
    first = dirichlet(np.random.default_rng(0), np.full((5, 4), 0.5))
    asked, jumped = Tastes(first, seed=2, sigma=0.1), Tastes(first, seed=2, sigma=0.1)
    for day in range(5):
        asked.on(day)
    assert np.array_equal(asked.on(5), jumped.on(5))
    assert np.array_equal(asked.on(-2), first)
