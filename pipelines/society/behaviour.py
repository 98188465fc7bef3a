"""What people do with the lists they are shown: they look from the top, tire, leave, and react."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from feed_core.model.clock import SECOND
from pipelines.society.appeal import RESPONSES, draw_dwell, follow_probability, probability
from pipelines.society.arrays import Flags, Floats, Ints
from pipelines.society.pairs import PairCounts
from pipelines.society.society import Society

STAYING = 0.93
"""P(go on to the next post): the examined depth is geometric, so lower places are seen less."""
_RING_LIKE = 0.8
SAME_AUTHOR, SAME_TOPIC, AUTHOR_TODAY, MOST_FATIGUE = 1.0, 0.15, 0.5, 4.0
"""Fatigue by each post of the author or of the main topic above in the list, by each of the author
earlier on the day, and the most there is of it."""


class Sessions(NamedTuple):
    """Lists shown in one tick. ``post_ids`` is sessions × places, 0 where the list has ended;
    ``surfaces`` says on which surface each list was shown."""

    persons: Ints
    post_ids: Ints
    decision_ids: Ints
    surfaces: Sequence[str]


class Outcome(NamedTuple):
    """What happened, sessions × places. ``acted`` has a flag array per action; ``dwell`` is in ms,
    0 where the post was not examined."""

    examined: Flags
    dwell: Floats
    acted: dict[str, Flags]


def behave(
    society: Society, sessions: Sessions, now: int, seen_today: PairCounts, rng: np.random.Generator
) -> Outcome:
    """Draw what the readers of ``sessions`` do. ``seen_today`` counts (reader, author) and is updated."""
    shown = sessions.post_ids > 0
    rows = society.catalogue.rows(np.where(shown, sessions.post_ids, society.catalogue.post_ids[0]))
    readers = np.broadcast_to(sessions.persons[:, None], rows.shape)
    authors = society.catalogue.authors[rows]
    examined = shown & _examined(rows.shape, rng)
    before = seen_today.of(readers, authors)
    at = society.encounter(readers, rows, now, _fatigue(society, rows, authors, examined, before))
    acted = {name: examined & _happens(probability(r, at), rng) for name, r in RESPONSES.items()}
    acted["like"] |= examined & _pushed_by_ring(society, readers, authors, now, rng)
    acted["follow"] = examined & _happens(follow_probability(at), rng) & (readers != authors)
    acted["follow"] &= _first_in_row(authors, acted["follow"])
    seen_today.add(readers[examined], authors[examined])
    return Outcome(examined, np.where(examined, draw_dwell(at, rng), 0.0), acted)


def moments(outcome: Outcome, now: int, limit: int) -> Ints:
    """When each post was acted on (ms, sessions × places): after the dwells before it, below ``limit``."""
    spent = np.cumsum(outcome.dwell, axis=1).astype(np.int64)
    return np.minimum(now + spent + SECOND, limit)


def _examined(shape: tuple[int, ...], rng: np.random.Generator) -> Flags:
    depth = rng.geometric(1 - STAYING, shape[0])
    return np.arange(shape[1])[None, :] < depth[:, None]


def _happens(chance: Floats, rng: np.random.Generator) -> Flags:
    return rng.random(chance.shape) < chance


def _fatigue(society: Society, rows: Ints, authors: Ints, examined: Flags, before: Ints) -> Floats:
    """Repeats tire: the author earlier today and above in this list, the main topic above in this list."""
    topics = society.catalogue.mix[rows].argmax(axis=-1)
    above = np.tri(rows.shape[1], k=-1, dtype=np.bool_)[None, :, :] & examined[:, None, :]
    same_author = ((authors[:, :, None] == authors[:, None, :]) & above).sum(axis=2)
    same_topic = ((topics[:, :, None] == topics[:, None, :]) & above).sum(axis=2)
    fatigue = SAME_AUTHOR * same_author + AUTHOR_TODAY * before + SAME_TOPIC * same_topic
    return np.asarray(np.minimum(fatigue, MOST_FATIGUE))


def _pushed_by_ring(
    society: Society, readers: Ints, authors: Ints, now: int, rng: np.random.Generator
) -> Flags:
    pushed = np.zeros(readers.shape, np.bool_)
    for ring in society.planted.rings:
        if ring.start <= now < ring.end:
            pushed |= np.isin(readers, ring.members) & np.isin(authors, ring.members)
    return pushed & (rng.random(readers.shape) < _RING_LIKE)


def _first_in_row(authors: Ints, chosen: Flags) -> Flags:
    """False where the same author was chosen above in the same list already."""
    above = np.tri(authors.shape[1], k=-1, dtype=np.bool_)[None, :, :] & chosen[:, None, :]
    return np.asarray(~((authors[:, :, None] == authors[:, None, :]) & above).any(axis=2))
