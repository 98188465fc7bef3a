"""Stories and their views in Cassandra; each row has a time-to-live that ends with its story."""

import time
from collections.abc import Collection, Sequence
from heapq import merge
from itertools import islice

import msgspec

from feed_core.adapters.cassandra.crowds import Crowd, buckets, places_of
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.clock import DAY, SECOND
from feed_core.model.stories import Story, StoryView

_PUT = (
    "INSERT INTO stories (user_id, created_at, story_id, expires_at, body) VALUES (?, ?, ?, ?, ?) USING TTL ?"
)
_OF_USERS = "SELECT user_id, created_at, story_id, expires_at, body FROM stories WHERE user_id IN ?"
_REMOVE = "DELETE FROM stories WHERE user_id = ? AND created_at = ? AND story_id = ?"
_VIEW = (
    "INSERT INTO story_views (story_id, bucket, viewer_id, at, expires_at) VALUES (?, ?, ?, ?, ?) USING TTL ?"
)
_VIEWS = (
    "SELECT viewer_id, at, expires_at FROM story_views"
    " WHERE story_id = ? AND bucket = ? AND viewer_id > ? LIMIT ?"
)
_VIEWED = "SELECT story_id, expires_at FROM story_views WHERE story_id IN ? AND bucket IN ? AND viewer_id = ?"
_EXPIRY = "SELECT expires_at FROM story_views WHERE story_id = ? AND bucket = ? LIMIT 1"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Story).decode


class CassandraStories:
    """Implements ``ports.stories.Stories``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._crowd = Crowd(session, "story_views", owner="story_id", member="viewer_id")

    def put(self, stories: Sequence[Story]) -> None:
        known = {row[:3] for row in self._session.rows_in(_OF_USERS, {each.user_id for each in stories})}
        new: dict[tuple[int, int, int], Story] = {}
        for each in stories:
            key = (each.user_id, each.created_at, each.story_id)
            if key not in known:
                new.setdefault(key, each)
        self._session.write(
            _PUT, ((*key, s.expires_at, _encode(s), _seconds_left(s.expires_at)) for key, s in new.items())
        )

    def active(self, user_ids: Collection[int], now: int) -> dict[int, list[Story]]:
        found: dict[int, list[Story]] = {}
        for user_id, _, _, expires_at, body in reversed(self._session.rows_in(_OF_USERS, set(user_ids))):
            if expires_at > now:
                found.setdefault(user_id, []).append(_decode(body))
        return found

    def remove(self, pairs: Collection[tuple[int, int]]) -> None:
        wanted = set(pairs)
        rows = self._session.rows_in(_OF_USERS, {user_id for user_id, _ in wanted})
        self._session.write_small(_REMOVE, (row[:3] for row in rows if (row[0], row[2]) in wanted))
        self._crowd.clear({story_id for _, story_id in wanted})

    def add_views(self, views: Sequence[StoryView]) -> list[bool]:
        pairs = {(each.story_id, each.viewer_id) for each in views}
        held, places = self._crowd.find("at", pairs)
        new: dict[tuple[int, int], StoryView] = {}
        answers = []
        for each in views:
            pair = (each.story_id, each.viewer_id)
            answers.append(pair not in held and pair not in new)
            if answers[-1]:
                new[pair] = each
        self._session.write_small(
            _VIEW,
            (
                (*(v.story_id, places[pair], v.viewer_id, v.at, v.expires_at), _seconds_left(v.expires_at))
                for pair, v in new.items()
            ),
        )
        self._crowd.grow({pair: places[pair] for pair in new})
        return answers

    def views(self, story_id: int, after_viewer: int, limit: int, now: int) -> list[StoryView]:
        width = self._crowd.widths([story_id])[story_id]
        asked = ((story_id, bucket, after_viewer, limit) for bucket in buckets(width))
        found = merge(*self._session.rows_many(_VIEWS, asked))
        alive = (row for row in found if row[2] > now)
        return [
            StoryView(story_id=story_id, viewer_id=viewer, at=at, expires_at=expires_at)
            for viewer, at, expires_at in islice(alive, limit)
        ]

    def count_views(self, story_ids: Collection[int], now: int) -> dict[int, int]:
        sizes = self._crowd.sizes(set(story_ids))
        expiries = self._session.rows_many(_EXPIRY, (row[:2] for row in sizes))
        counts: dict[int, int] = {}
        for (story_id, _, size), rows in zip(sizes, expiries, strict=True):
            if any(expires_at > now for (expires_at,) in rows if expires_at):
                counts[story_id] = counts.get(story_id, 0) + size
        return counts

    def viewed(self, viewer_id: int, story_ids: Collection[int], now: int) -> set[int]:
        rows = self._session.rows_in(_VIEWED, set(story_ids), places_of(viewer_id), viewer_id)
        return {story_id for story_id, expires_at in rows if expires_at > now}

    def forget(self, now: int) -> None:
        """Nothing: rows go by themselves."""


def _seconds_left(expires_at: int) -> int:
    """Until ``expires_at`` (ms), by the clock that the store goes by; a day for what is over by that clock,
    which another clock made."""
    left = (expires_at - time.time_ns() // 1_000_000) // SECOND
    return left + 1 if 0 <= left <= DAY // SECOND else DAY // SECOND
