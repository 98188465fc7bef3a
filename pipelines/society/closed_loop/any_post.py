"""The oracle with any post: every post of the last week that its reader may be shown, by true value.

No ranking can show more, so the share of the way to it is the honest one: it counts what the sources miss.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.clock import DAY
from pipelines.society.appeal import expected_value
from pipelines.society.arrays import Flags, Floats, Ints
from pipelines.society.closed_loop.choosing import choose, pairs_of
from pipelines.society.serving import Lists, Seen, Shown, log_lists
from pipelines.society.society import Society

HORIZON = 7 * DAY
"""As old as the oldest candidate of collaborative filtering."""
_CELLS = 60_000
"""Readers × posts that are valued together: arrays that a processor's cache holds."""
_BY_TOPIC = 16
"""Posts of each main topic on the shortlist; a list has room for few more of one topic before they tire."""


class AnyPostOracle:
    """A ``Planner`` that knows the true tastes, ties and fatigue, and chooses among all undeleted posts of
    ``HORIZON`` by others whom nothing hides from the reader, that the reader has not seen."""

    def __init__(self, core: FeedCore, society: Society, seen: Seen) -> None:
        self._core, self._society, self._seen = core, society, seen

    def plan(self, user_ids: Sequence[int], limit: int) -> Lists:
        """What each reader is to be shown; reads only."""
        now, society = self._core.clock.now(), self._society
        rows = self._there(society.catalogue.since(now - HORIZON))
        persons = society.persons(np.array(user_ids, np.int64))
        short, allowed = self._short(user_ids, persons, rows, now)
        return pairs_of(society, choose(society, persons, rows[short], allowed, now, limit))

    def show(self, user_ids: Sequence[int], lists: Lists, limit: int) -> Shown:
        """Show what was planned."""
        return log_lists(self._core, self._seen, user_ids, lists, limit, "oracle_any_post", "oracle")

    def _short(
        self, user_ids: Sequence[int], persons: Ints, rows: Ints, now: int
    ) -> tuple[Ints, Flags]:  # fmt: skip
        """The shortlist of each reader among ``rows`` as places (p, k), and where it may be shown."""
        society, parts = self._society, list[tuple[Ints, Flags]]()
        topics = society.catalogue.main_topics(rows)
        for block in _blocks(len(persons), len(rows)):
            values = expected_value(society.encounter_all(persons[block], rows, now))
            self._bar(values, user_ids[block], persons[block], rows)
            short = shortlist(values, topics, _BY_TOPIC)
            parts.append((short, np.isfinite(np.take_along_axis(values, short, axis=1))))
        shorts, allowed = zip(*parts, strict=True)
        return np.concatenate(shorts), np.concatenate(allowed)

    def _there(self, rows: Ints) -> Ints:
        """Those of ``rows`` whose posts are not deleted."""
        posts = self._society.catalogue.post_ids[rows]
        gone = self._core.stores.posts.deleted_among(posts.tolist())
        return rows[~np.isin(posts, list(gone))] if gone else rows

    def _bar(self, values: Floats, user_ids: Sequence[int], persons: Ints, rows: Ints) -> None:
        """Put −∞ where a reader may not be shown a post."""
        society, posts = self._society, self._society.catalogue.post_ids[rows]
        authors = society.catalogue.authors[rows]
        values[authors[None, :] == persons[:, None]] = -np.inf
        hidden = self._core.graph.hidden_for(user_ids)
        for at, user_id in enumerate(user_ids):
            values[at, _places(posts, self._seen.of(user_id))] = -np.inf
            if hidden[user_id]:
                values[at, np.isin(society.user_ids[authors], list(hidden[user_id]))] = -np.inf


def shortlist(values: Floats, topics: Ints, by_topic: int) -> Ints:
    """Per row of ``values`` (p, n), the places of the ``by_topic`` largest of each topic (n,): (p, k).

    Fatigue lowers a topic's later posts alike, so a greedy list needs no others of it.
    """
    parts = []
    for topic in np.unique(topics):
        places = np.flatnonzero(topics == topic)
        if len(places) > by_topic:
            best = np.argpartition(-values[:, places], by_topic - 1, axis=1)[:, :by_topic]
            parts.append(places[best])
        else:
            parts.append(np.broadcast_to(places, (len(values), len(places))))
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(values), 0), np.int64)


def _places(posts: Ints, seen: set[int]) -> Ints:
    """Where those of ``seen`` that are among the ascending ``posts`` stand."""
    ids = np.fromiter(seen, np.int64, len(seen))
    places = np.searchsorted(posts, ids)
    there = places < len(posts)
    there[there] = posts[places[there]] == ids[there]
    return places[there]


def _blocks(readers: int, posts: int) -> Iterator[slice]:
    """Slices of the readers whose readers × posts stay within ``_CELLS``, or of one reader each."""
    step = max(1, _CELLS // max(1, posts))
    yield from (slice(start, start + step) for start in range(0, readers, step))
