"""One random stream per purpose and step, so that a day can be replayed without those before it."""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; the numbers are part of what a seed means."""

    PEOPLE = 1
    TASTES = 2
    DRIFT = 3
    FOLLOWS = 4
    PLANTED = 5
    SESSIONS = 6
    POSTS = 7
    BEHAVIOUR = 8
    RINGS = 9
    ARMS = 10
    BOOTSTRAP = 11


def stream(seed: int, purpose: Purpose, step: int = 0) -> np.random.Generator:
    """The generator of ``purpose`` at ``step`` (a day or a tick); equal arguments, equal numbers."""
    return np.random.default_rng((seed, int(purpose), step))
