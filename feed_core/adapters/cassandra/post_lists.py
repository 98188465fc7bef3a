"""Lists of posts by author, by place, by the day they were made and by the day they were deleted.

Secondary indexes of Cassandra lie on every node with its own rows, so each question would go to all of
them; these tables answer from one partition, or from few where a crowd posts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Any

from feed_core.adapters.cassandra.crowds import Crowd, bucket_of, buckets, places_of
from feed_core.adapters.cassandra.session import CassandraSession, Write
from feed_core.model.clock import DAY
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Post

Where = tuple[int, int]
"""(time in ms, post_id)."""
GetMany = Callable[[Collection[int]], dict[int, Post]]
_ADD_BY_AUTHOR = "INSERT INTO posts_by_author (author_id, created_at, post_id) VALUES (?, ?, ?)"
_DROP_BY_AUTHOR = "DELETE FROM posts_by_author WHERE author_id = ? AND created_at = ? AND post_id = ?"
_BY_AUTHOR = (
    "SELECT created_at, post_id FROM posts_by_author"
    " WHERE author_id = ? AND (created_at, post_id) < (?, ?) LIMIT ?"
)
_COUNT_BY = "SELECT count(post_id) FROM posts_by_author WHERE author_id = ?"
_ADD_DELETED = "INSERT INTO posts_deleted_by_author (author_id, updated_at, post_id) VALUES (?, ?, ?)"
_DROP_DELETED = "DELETE FROM posts_deleted_by_author WHERE author_id = ? AND updated_at = ? AND post_id = ?"
_DELETED_BY = (
    "SELECT updated_at, post_id FROM posts_deleted_by_author"
    " WHERE author_id = ? AND (updated_at, post_id) < (?, ?) LIMIT ?"
)
_ADD_BY_PLACE = "INSERT INTO posts_by_place (place, bucket, created_at, post_id) VALUES (?, ?, ?, ?)"
_DROP_BY_PLACE = (
    "DELETE FROM posts_by_place WHERE place = ? AND bucket = ? AND created_at = ? AND post_id = ?"
)
_BY_PLACE = (
    "SELECT created_at, post_id FROM posts_by_place"
    " WHERE place = ? AND bucket = ? AND (created_at, post_id) < (?, ?) LIMIT ?"
)
_ADD_DAY = "INSERT INTO post_days (list, day) VALUES (?, ?)"
_DROP_DAY = "DELETE FROM post_days WHERE list = ? AND day = ?"
_DAYS = "SELECT day FROM post_days WHERE list = ? AND day >= ? AND day <= ?"
_ADD_BY_DAY = "INSERT INTO posts_by_day (list, day, bucket, at, post_id) VALUES (?, ?, ?, ?, ?)"
_DROP_BY_DAY = "DELETE FROM posts_by_day WHERE list = ? AND day = ? AND bucket = ? AND at = ? AND post_id = ?"
_NEWEST = (
    "SELECT at, post_id FROM posts_by_day WHERE list = ? AND day = ? AND bucket = ?"
    " AND (at, post_id) < (?, ?) AND (at) >= (?) LIMIT ?"
)
_OLDEST = (
    "SELECT at, post_id FROM posts_by_day WHERE list = ? AND day = ? AND bucket = ?"
    " AND (at, post_id) > (?, ?) AND (at) < (?) ORDER BY at ASC, post_id ASC LIMIT ?"
)
_LAST = 1 << 30
"""A day after all days."""
_TOP, _BOTTOM = (MAX_ID, MAX_ID), (-MAX_ID, -MAX_ID)
_Place = tuple[str, int, int]
_Key = tuple[Any, ...] | None
"""Where a post stands on a list, None where it does not."""


class PostLists:
    """Where each post stands in time; ``get_many`` reads the posts themselves."""

    def __init__(self, session: CassandraSession, get_many: GetMany) -> None:
        self._session, self._get_many = session, get_many
        self._places = Crowd(session, "posts_by_place", owner="place", member="post_id")
        self._days = Crowd(session, "posts_by_day", scope=("list",), owner="day", member="post_id")

    def add(self, posts: Sequence[Post], beside: Sequence[Write] = ()) -> None:
        """Put posts on their lists: the deleted on that of deletions, the others on those of authors, places
        and days. What is ``beside``, large rows, is written at the same time."""
        created, deleted = (list(filter(None, map(key, posts))) for key in (_created, _deleted))
        at_places = self._rooms(self._places, filter(None, map(_by_place, posts)))
        on_days = {
            name: self._rooms(self._days, ((at // DAY, at, id_) for at, id_ in rows), name)
            for name, rows in (("created", created), ("deleted", deleted))
        }
        self._session.write_together(
            (_ADD_BY_AUTHOR, filter(None, map(_by_author, posts))),
            (_ADD_DELETED, filter(None, map(_deleted_by, posts))),
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
            alone=beside,
        )
        self._places.grow({(place, id_): bucket for (place, _, id_), bucket in at_places.items()})
        for name, rows in on_days.items():
            self._days.grow({(day, id_): bucket for (day, _, id_), bucket in rows.items()}, name)

    def remove(self, posts: Sequence[Post], kept: Mapping[int, Post]) -> None:
        """Take posts, as they were, off the lists on which they are not as they are now (``kept``, by id)."""

        def left(key: Callable[[Post], _Key]) -> list[tuple[Any, ...]]:
            there = {key(post) for post in kept.values()}
            return [of for of in dict.fromkeys(map(key, posts)) if of and of not in there]

        self._session.write_small(_DROP_BY_AUTHOR, left(_by_author))
        self._session.write_small(_DROP_DELETED, left(_deleted_by))
        self._session.write_small(
            _DROP_BY_PLACE,
            ((place, bucket, *at) for place, *at in left(_by_place) for bucket in places_of(at[-1])),
        )
        for name, key in (("created", _created), ("deleted", _deleted)):
            self._session.write_small(
                _DROP_BY_DAY,
                ((name, at // DAY, bucket, at, id_) for at, id_ in left(key) for bucket in places_of(id_)),
            )

    def by_author(self, author_id: int, before: Where, limit: int) -> list[Post]:
        """The author's undeleted posts below ``before``, newest first."""
        return self._walk(
            lambda below, wanted: self._session.rows(_BY_AUTHOR, author_id, *below, wanted),
            lambda post, at: post.author_id == author_id and _is_created(post, at),
            before,
            limit,
        )

    def deleted_by(self, author_id: int, limit: int) -> list[Post]:
        """The author's deleted posts, deleted last first."""
        return self._walk(
            lambda below, wanted: self._session.rows(_DELETED_BY, author_id, *below, wanted),
            lambda post, at: post.author_id == author_id and _is_deleted(post, at),
            _TOP,
            limit,
        )

    def by_place(self, place: str, before: Where, limit: int) -> list[Post]:
        """The undeleted posts at a place below ``before``, newest first."""
        width = self._places.widths([place])[place]

        def read(below: Where, wanted: int) -> list[Where]:
            asked = ((place, bucket, *below, wanted) for bucket in buckets(width))
            return list(islice(merge(*self._session.rows_many(_BY_PLACE, asked), reverse=True), wanted))

        return self._walk(read, lambda post, at: post.place == place and _is_created(post, at), before, limit)

    def newest(self, since: int, limit: int) -> list[Post]:
        """Undeleted posts created at or after ``since``, newest first. Each read takes in twice the days."""
        found: list[Post] = []
        days = sorted(
            (day for (day,) in self._session.rows(_DAYS, "created", since // DAY, _LAST)), reverse=True
        )
        at_once = 1
        while days and len(found) < limit:
            places = self._buckets_of("created", days[:at_once])
            days, at_once = days[at_once:], at_once * 2

            def read(below: Where, wanted: int, places: list[_Place] = places) -> list[Where]:
                asked = ((*place, *below, since, wanted) for place in places)
                return list(islice(merge(*self._session.rows_many(_NEWEST, asked), reverse=True), wanted))

            found += self._walk(read, _is_created, _TOP, limit - len(found))
        return found

    def deleted_before(self, before: int, limit: int) -> list[Post]:
        """Posts deleted before ``before``, those deleted first first; forgets days that are empty by now."""
        found: list[Post] = []
        for (day,) in sorted(self._session.rows(_DAYS, "deleted", -_LAST, before // DAY)):
            places = self._buckets_of("deleted", [day])

            def read(after: Where, wanted: int, places: list[_Place] = places) -> list[Where]:
                asked = ((*place, *after, before, wanted) for place in places)
                return list(islice(merge(*self._session.rows_many(_OLDEST, asked)), wanted))

            if day < before // DAY and not read(_BOTTOM, 1):
                self._session.write_small(_DROP_DAY, [("deleted", day)])
            found += self._walk(read, _is_deleted, _BOTTOM, limit - len(found))
        return found

    def count_by(self, author_ids: Collection[int]) -> dict[int, int]:
        """How many undeleted posts each author has; authors without any are absent."""
        asked = list(set(author_ids))
        found = self._session.rows_many(_COUNT_BY, ((author_id,) for author_id in asked))
        return {author_id: rows[0][0] for author_id, rows in zip(asked, found, strict=True) if rows[0][0]}

    def _walk(
        self,
        read: Callable[[Where, int], list[Where]],
        belongs: Callable[[Post, int], bool],
        before: Where,
        limit: int,
    ) -> list[Post]:
        """The first ``limit`` posts that are what their list says; reads on where some are not."""
        found: list[Post] = []
        while len(found) < limit:
            wanted = limit - len(found)
            rows = read(before, wanted)
            found += self._shown(rows, belongs, wanted)
            if len(rows) < wanted:
                break
            before = (rows[-1][0], rows[-1][1])
        return found

    def _shown(self, rows: Iterable[Where], belongs: Callable[[Post, int], bool], limit: int) -> list[Post]:
        """Up to ``limit`` posts of rows, in their order and once each, that say the same as their row."""
        found: dict[int, Post] = {}
        remaining = iter(rows)
        while len(found) < limit and (chunk := list(islice(remaining, limit - len(found)))):
            posts = self._get_many({post_id for _, post_id in chunk})
            for at, post_id in chunk:
                if post_id in posts and belongs(posts[post_id], at):
                    found[post_id] = posts[post_id]
        return list(found.values())

    def _rooms(
        self, crowd: Crowd, rows: Iterable[tuple[Any, ...]], *scope: str
    ) -> dict[tuple[Any, ...], int]:
        """The bucket into which each (owner, time, post_id) goes."""
        wanted = list(rows)
        widths = crowd.room({owner for owner, _, _ in wanted}, *scope)
        return {row: bucket_of(row[2], widths[row[0]]) for row in wanted}

    def _buckets_of(self, name: str, days: Sequence[int]) -> list[_Place]:
        """(list, day, bucket) of everything that these days have."""
        widths = self._days.widths(days, name)
        return [(name, day, bucket) for day in days for bucket in buckets(widths[day])]


def _by_author(post: Post) -> _Key:
    return None if post.deleted else (post.author_id, post.created_at, post.post_id)


def _by_place(post: Post) -> _Key:
    return None if post.deleted or not post.place else (post.place, post.created_at, post.post_id)


def _created(post: Post) -> _Key:
    return None if post.deleted else (post.created_at, post.post_id)


def _deleted_by(post: Post) -> _Key:
    return (post.author_id, post.updated_at, post.post_id) if post.deleted else None


def _deleted(post: Post) -> _Key:
    return (post.updated_at, post.post_id) if post.deleted else None


def _is_created(post: Post, at: int) -> bool:
    return not post.deleted and post.created_at == at


def _is_deleted(post: Post, at: int) -> bool:
    return post.deleted and post.updated_at == at
