"""Planted truth for later detectors: hashtags that burst, rings that push a hashtag together."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feed_core.model.clock import DAY, HOUR
from pipelines.society.arrays import Ints
from pipelines.society.config import SocietyConfig
from pipelines.society.people import People
from pipelines.society.randomness import Purpose, stream


class Burst(NamedTuple):
    """From ``start`` to ``end`` (ms) authors of ``topic`` use ``tag`` far more, and post more."""

    topic: int
    tag: str
    start: int
    end: int


class Ring(NamedTuple):
    """``members`` (people) post with ``tag``, and like each other's posts of it, in [start, end) ms."""

    members: Ints
    tag: str
    start: int
    end: int


class Planted(NamedTuple):
    """All that was planted."""

    bursts: tuple[Burst, ...]
    rings: tuple[Ring, ...]


def plant(config: SocietyConfig, people: People, tags: Sequence[Sequence[str]], seed: int) -> Planted:
    """Bursts of rarer tags and rings among people who were there from the start, over the horizon."""
    rng = stream(seed, Purpose.PLANTED)
    hours = config.horizon_days * 24
    settled = (people.joined_at < config.start_ms).nonzero()[0]
    bursts, rings = [], []
    for number in range(config.bursts):
        topic = int(rng.integers(config.topics))
        tag = tags[topic][-1 - number % max(1, len(tags[topic]) // 3)]
        start = config.start_ms + int(rng.integers(24, max(25, hours - 12))) * HOUR
        bursts.append(Burst(topic, tag, start, start + int(rng.integers(6, 13)) * HOUR))
    for number in range(config.rings):
        members = rng.choice(settled, min(config.ring_size, len(settled)), replace=False)
        start = config.start_ms + int(rng.integers(1, max(2, config.horizon_days - 3))) * DAY
        rings.append(Ring(members, f"win_big_{number + 1}", start, start + 2 * DAY))
    return Planted(tuple(bursts), tuple(rings))


def ring_follows(planted: Planted) -> tuple[Ints, Ints]:
    """Members of a ring follow each other, which is how they find what to push."""
    pairs = [
        (source, target)
        for ring in planted.rings
        for source in ring.members.tolist()
        for target in ring.members.tolist()
        if source != target
    ]
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
