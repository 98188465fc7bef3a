"""What people like: Dirichlet tastes around a community's profile, drifting a little every day."""

import numpy as np

from pipelines.society.arrays import Floats, Ints
from pipelines.society.config import SocietyConfig
from pipelines.society.randomness import Purpose, stream

_CONCENTRATION = 3.0
_FLOOR = 1e-4


def dirichlet(rng: np.random.Generator, alphas: Floats) -> Floats:
    """One Dirichlet draw per row of ``alphas``; rows sum to 1."""
    draws = rng.standard_gamma(alphas) + 1e-9
    return np.asarray(draws / draws.sum(axis=1, keepdims=True))


def communities_of(rng: np.random.Generator, config: SocietyConfig) -> Ints:
    """A community per person, with sizes that fall off like 1/√rank."""
    weights = 1 / np.sqrt(np.arange(1, config.communities + 1))
    return rng.choice(config.communities, config.people, p=weights / weights.sum()).astype(np.int64)


def first_tastes(rng: np.random.Generator, communities: Ints, config: SocietyConfig) -> Floats:
    """Tastes (people × topics), rows summing to 1, near the profile of the person's community."""
    profiles = dirichlet(rng, np.full((config.communities, config.topics), 0.3))
    return dirichlet(rng, _CONCENTRATION * profiles[communities] + 0.02)


def drifted(tastes: Floats, rng: np.random.Generator, sigma: float) -> Floats:
    """The tastes one day on: a step of a random walk in their logarithms, then summing to 1 again."""
    moved = (tastes + _FLOOR) * np.exp(sigma * rng.standard_normal(tastes.shape))
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))


class Tastes:
    """Tastes by day. Day 0 is the start; each later day follows from the one before and the seed."""

    def __init__(self, first: Floats, *, seed: int, sigma: float) -> None:
        self._days = [first]
        self._seed = seed
        self._sigma = sigma

    def on(self, day: int) -> Floats:
        """Tastes (people × topics) on ``day``; days before the start are as the start."""
        while len(self._days) <= day:
            rng = stream(self._seed, Purpose.DRIFT, len(self._days))
            self._days.append(drifted(self._days[-1], rng, self._sigma))
        return self._days[max(day, 0)]
