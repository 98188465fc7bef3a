"""Lists of posts by author, by place, by the day they were made and by the day they were deleted.

Secondary indexes of Cassandra lie on every node with its own rows, so each question would go to all of
them; these tables answer from one partition, or from few where a crowd posts.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from heapq import merge
from itertools import islice

from feed_core.adapters.cassandra.crowds import buckets
from feed_core.adapters.cassandra.post_keys import is_created, is_deleted
from feed_core.adapters.cassandra.post_listing import PostListing
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.clock import DAY
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Post, PostKey

Where = tuple[int, int]
"""(time in ms, post_id)."""
GetMany = Callable[[Collection[int]], dict[int, Post]]
_BY_AUTHOR = (
    "SELECT created_at, post_id FROM posts_by_author"
    " WHERE author_id = ? AND (created_at, post_id) < (?, ?) LIMIT ?"
)
_COUNT_BY = "SELECT count(post_id) FROM posts_by_author WHERE author_id = ?"
_DELETED_BY = (
    "SELECT updated_at, post_id FROM posts_deleted_by_author"
    " WHERE author_id = ? AND (updated_at, post_id) < (?, ?) LIMIT ?"
)
_BY_PLACE = (
    "SELECT created_at, post_id FROM posts_by_place"
    " WHERE place = ? AND bucket = ? AND (created_at, post_id) < (?, ?) LIMIT ?"
)
_DAYS = "SELECT day FROM post_days WHERE list = ? AND day >= ? AND day <= ?"
_DROP_DAY = "DELETE FROM post_days WHERE list = ? AND day = ?"
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


class PostLists(PostListing):
    """Where each post stands in time; ``get_many`` reads the posts themselves."""

    def __init__(self, session: CassandraSession, get_many: GetMany) -> None:
        super().__init__(session)
        self._get_many = get_many

    def by_author(self, author_id: int, before: Where, limit: int) -> list[Post]:
        """The author's undeleted posts below ``before``, newest first."""
        return self._walk(
            lambda below, wanted: self._session.rows(_BY_AUTHOR, author_id, *below, wanted),
            lambda post, at: post.author_id == author_id and is_created(post, at),
            before,
            limit,
        )

    def deleted_by(self, author_id: int, limit: int) -> list[Post]:
        """The author's deleted posts, deleted last first."""
        return self._walk(
            lambda below, wanted: self._session.rows(_DELETED_BY, author_id, *below, wanted),
            lambda post, at: post.author_id == author_id and is_deleted(post, at),
            _TOP,
            limit,
        )

    def by_place(self, place: str, before: Where, limit: int) -> list[Post]:
        """The undeleted posts at a place below ``before``, newest first."""
        width = self._places.widths([place])[place]

        def read(below: Where, wanted: int) -> list[Where]:
            asked = ((place, bucket, *below, wanted) for bucket in buckets(width))
            return list(islice(merge(*self._session.rows_many(_BY_PLACE, asked), reverse=True), wanted))

        return self._walk(read, lambda post, at: post.place == place and is_created(post, at), before, limit)

    def newest(self, since: int, limit: int) -> list[PostKey]:
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

            found += self._walk(read, is_created, _TOP, limit - len(found))
        return [PostKey(post.post_id, post.author_id, post.created_at) for post in found]

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
            found += self._walk(read, is_deleted, _BOTTOM, limit - len(found))
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

    def _buckets_of(self, name: str, days: Sequence[int]) -> list[_Place]:
        """(list, day, bucket) of everything that these days have."""
        widths = self._days.widths(days, name)
        return [(name, day, bucket) for day in days for bucket in buckets(widths[day])]
