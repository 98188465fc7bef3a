"""Puts posts on their lists, and takes them off."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from feed_core.adapters.cassandra import post_keys
from feed_core.adapters.cassandra.crowds import Crowd, bucket_of, places_of
from feed_core.adapters.cassandra.post_keys import Key
from feed_core.adapters.cassandra.session import CassandraSession, Write
from feed_core.model.clock import DAY
from feed_core.model.posts import Post

_ADD_BY_AUTHOR = "INSERT INTO posts_by_author (author_id, created_at, post_id) VALUES (?, ?, ?)"
_DROP_BY_AUTHOR = "DELETE FROM posts_by_author WHERE author_id = ? AND created_at = ? AND post_id = ?"
_ADD_DELETED = "INSERT INTO posts_deleted_by_author (author_id, updated_at, post_id) VALUES (?, ?, ?)"
_DROP_DELETED = "DELETE FROM posts_deleted_by_author WHERE author_id = ? AND updated_at = ? AND post_id = ?"
_ADD_BY_PLACE = "INSERT INTO posts_by_place (place, bucket, created_at, post_id) VALUES (?, ?, ?, ?)"
_DROP_BY_PLACE = (
    "DELETE FROM posts_by_place WHERE place = ? AND bucket = ? AND created_at = ? AND post_id = ?"
)
_ADD_DAY = "INSERT INTO post_days (list, day) VALUES (?, ?)"
_ADD_BY_DAY = "INSERT INTO posts_by_day (list, day, bucket, at, post_id) VALUES (?, ?, ?, ?, ?)"
_DROP_BY_DAY = "DELETE FROM posts_by_day WHERE list = ? AND day = ? AND bucket = ? AND at = ? AND post_id = ?"


class PostListing:
    """Writes the lists of posts."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._places = Crowd(session, "posts_by_place", owner="place", member="post_id")
        self._days = Crowd(session, "posts_by_day", scope=("list",), owner="day", member="post_id")

    def add(self, posts: Sequence[Post], last: Write) -> None:
        """Put posts on their lists: the deleted on that of deletions, the others on those of authors, places
        and days. ``last`` are the posts themselves, which count from when they are written."""
        created, deleted = (
            list(filter(None, map(key, posts))) for key in (post_keys.created, post_keys.deleted)
        )
        at_places = self._rooms(self._places, filter(None, map(post_keys.by_place, posts)))
        on_days = {
            name: self._rooms(self._days, ((at // DAY, at, id_) for at, id_ in rows), name)
            for name, rows in (("created", created), ("deleted", deleted))
        }
        self._session.write_before(
            last,
            (_ADD_BY_AUTHOR, filter(None, map(post_keys.by_author, posts))),
            (_ADD_DELETED, filter(None, map(post_keys.deleted_by, posts))),
            (_ADD_BY_PLACE, ((place, bucket, at, id_) for (place, at, id_), bucket in at_places.items())),
            (_ADD_DAY, {(name, day) for name, rows in on_days.items() for day, _, _ in rows}),
            (
                _ADD_BY_DAY,
                (
                    (name, day, bucket, at, id_)
                    for name, rows in on_days.items()
                    for (day, at, id_), bucket in rows.items()
                ),
            ),
        )
        self._places.grow({(place, id_): bucket for (place, _, id_), bucket in at_places.items()})
        for name, rows in on_days.items():
            self._days.grow({(day, id_): bucket for (day, _, id_), bucket in rows.items()}, name)

    def remove(self, posts: Sequence[Post], kept: Mapping[int, Post]) -> None:
        """Take posts, as they were, off the lists on which they are not as they are now (``kept``, by id)."""

        def left(key: Callable[[Post], Key]) -> list[tuple[Any, ...]]:
            there = {key(post) for post in kept.values()}
            return [of for of in dict.fromkeys(map(key, posts)) if of and of not in there]

        self._session.write_small(_DROP_BY_AUTHOR, left(post_keys.by_author))
        self._session.write_small(_DROP_DELETED, left(post_keys.deleted_by))
        self._session.write_small(
            _DROP_BY_PLACE,
            ((place, bucket, *at) for place, *at in left(post_keys.by_place) for bucket in places_of(at[-1])),
        )
        for name, key in (("created", post_keys.created), ("deleted", post_keys.deleted)):
            self._session.write_small(
                _DROP_BY_DAY,
                ((name, at // DAY, bucket, at, id_) for at, id_ in left(key) for bucket in places_of(id_)),
            )

    def _rooms(
        self, crowd: Crowd, rows: Iterable[tuple[Any, ...]], *scope: str
    ) -> dict[tuple[Any, ...], int]:
        """The bucket into which each (owner, time, post_id) goes."""
        wanted = list(rows)
        widths = crowd.room({owner for owner, _, _ in wanted}, *scope)
        return {row: bucket_of(row[2], widths[row[0]]) for row in wanted}
