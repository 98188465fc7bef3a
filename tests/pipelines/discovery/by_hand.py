"""A random past as plain sets and dictionaries, to count in it what the matrices should say."""

from collections.abc import Callable

import numpy as np

from feed_core.model.clock import DAY
from pipelines.discovery.past import past_of
from tests.pipelines.discovery.planted import START, make

CUT = START + 400 * DAY + DAY // 3
P, Q = 14, 18
TAGS = ("low", "metal", "noise", "sea")


class World:
    """A random past, and the same as plain sets."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.days = {
            (int(rng.integers(P - 1)), int(rng.integers(Q))): int(rng.integers(0, 400)) for _ in range(60)
        }
        self.pairs = {(int(rng.integers(P)), int(rng.integers(P))) for _ in range(40)}
        self.pairs = {(one, two) for one, two in self.pairs if one != two}
        carried = {(post, TAGS[int(rng.integers(4))]): 0 for post in range(Q)}
        follows = [(one, two, 0, True) for one, two in self.pairs]
        self.past = past_of(make(self.days, follows, carried, P), CUT)
        self.posts = [int(post) - 100 for post in self.past.posts]
        self.tags = {post: {tag for at, tag in carried if at == post} for post in self.posts}
        self.age = {pair: (CUT - START) / DAY - day for pair, day in self.days.items()}

    def of(self, person: int) -> dict[int, float]:
        """Post → age of what this person engaged with."""
        return {post: age for (who, post), age in self.age.items() if who == person}

    def by(self, post: int) -> dict[int, float]:
        """Person → age of who engaged with this post."""
        return {who: age for (who, what), age in self.age.items() if what == post}

    def friends(self, person: int) -> set[int]:
        return {two for one, two in self.pairs if one == person}

    def busy(self, person: int) -> int:
        return len(self.of(person))


def table(world: World, cell: Callable[[int, int], float]) -> np.ndarray:
    return np.array([[cell(person, post) for post in world.posts] for person in range(P)])


def same(found: np.ndarray, expected: object) -> None:
    np.testing.assert_allclose(found, np.array(expected, dtype=float), rtol=2e-4, atol=2e-5)
