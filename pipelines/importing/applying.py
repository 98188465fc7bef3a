"""Puts checked rows into the feed core through its services, at the time they happened."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.errors import LoupeError
from feed_core.model.events import NewEvent
from feed_core.model.posts import MediaRef, NewComment, NewPost
from feed_core.model.users import NewUser
from pipelines.importing.external_ids import Known, LoadedRows
from pipelines.importing.halving import in_halves
from pipelines.importing.rejects import Reject
from pipelines.importing.tables import ImportTables, TableName

Rows = Sequence[Any]
"""Rows of a normalised table as named tuples."""
SURFACE = "import"


class Applier:
    """Applies slices of checked tables; counts what went in and keeps what a service refused."""

    def __init__(self, core: FeedCore, clock: SetClock, loaded: LoadedRows) -> None:
        self._core, self._clock, self._loaded = core, clock, loaded
        self._users, self._posts = loaded.ids("user"), loaded.ids("post")
        self.accepted: Counter[TableName] = Counter()
        self.rejects: list[Reject] = []

    def put(self, part: ImportTables, until: int) -> None:
        """Apply one slice whose last row happened at ``until`` (ms)."""
        self._clock.set(until)
        self._run("users", _rows(part.users), self._create_users)
        for at, rows in _by_time(part.follows):
            self._clock.set(at)
            self._run("follows", rows, self._follow)
        self._clock.set(until)
        self._run("posts", _rows(part.posts), self._publish)
        is_comment = part.engagements["action"] == "comment"
        self._run("engagements", _rows(part.engagements[~is_comment]), self._record)
        for at, rows in _by_time(part.engagements[is_comment]):
            self._clock.set(at)
            self._run("engagements", rows, self._comment)
        self._clock.set(until)

    def _run(self, table: TableName, rows: Rows, act: Callable[[Rows], None]) -> None:
        def counted(some: Rows) -> None:
            act(some)
            self.accepted[table] += len(some)

        in_halves([row for row in rows if self._resolves(table, row)], counted, self._refuse)

    def _resolves(self, table: TableName, row: Any) -> bool:
        """Whether all that the row names went in; a name may fail when a service refused its row."""
        named = {
            "users": (),
            "follows": ((self._users, "follower"), (self._users, "followee")),
            "posts": ((self._users, "author"),),
            "engagements": ((self._users, "user"), (self._posts, "post")),
        }[table]
        for known, column in named:
            if getattr(row, column) not in known:
                self._reject(row, f"{column} was refused, see its own row")
                return False
        return True

    def _refuse(self, row: Any, error: LoupeError) -> None:
        self._reject(row, str(error))

    def _reject(self, row: Any, reason: str) -> None:
        shown = {name: value for name, value in row._asdict().items() if name not in {"file", "line"}}
        self.rejects.append(Reject(row.file, row.line, reason, str(shown)[:500]))

    def _create_users(self, rows: Rows) -> None:
        news = [
            NewUser(username=row.username, full_name=row.full_name, bio=row.bio, created_at=row.created_at)
            for row in rows
        ]
        made = self._core.accounts.create_many(news)
        known = [
            (row.user_id, Known(user.user_id, row.created_at, 0))
            for row, user in zip(rows, made, strict=True)
        ]
        self._loaded.add_ids("user", known)
        self._users.update(known)

    def _publish(self, rows: Rows) -> None:
        made = self._core.posts.publish_many([self._new_post(row) for row in rows])
        known = [
            (row.post_id, Known(post.post_id, row.created_at, post.author_id))
            for row, post in zip(rows, made, strict=True)
        ]
        self._loaded.add_ids("post", known)
        self._posts.update(known)

    def _new_post(self, row: Any) -> NewPost:
        media = (MediaRef(url=f"import/{row.post_id}", media_type=row.media_type),) if row.media_type else ()
        return NewPost(
            author_id=self._users[row.author].internal, caption=row.caption, hashtags=row.hashtags,
            place=row.place, media=media, created_at=row.created_at,
        )  # fmt: skip

    def _follow(self, rows: Rows) -> None:
        users = self._users
        self._core.graph.follow_many(
            [(users[row.follower].internal, users[row.followee].internal) for row in rows]
        )
        self._loaded.add_digests([row.digest for row in rows])

    def _record(self, rows: Rows) -> None:
        self._core.engagement.record_many([self._new_event(row) for row in rows])
        self._tag(rows)
        self._loaded.add_digests([row.digest for row in rows])

    def _new_event(self, row: Any) -> NewEvent:
        return NewEvent(
            user_id=self._users[row.user].internal, post_id=self._posts[row.post].internal,
            action=row.action, value=row.value, occurred_at=row.at, surface=SURFACE,
        )  # fmt: skip

    def _comment(self, rows: Rows) -> None:
        self._core.comments.add_many(
            [
                NewComment(
                    post_id=self._posts[row.post].internal, user_id=self._users[row.user].internal,
                    text=row.text, surface=SURFACE,
                )
                for row in rows
            ]
        )  # fmt: skip
        self._loaded.add_digests([row.digest for row in rows])

    def _tag(self, rows: Rows) -> None:
        """Add the hashtags that shares carry to their posts."""
        carried: dict[int, dict[str, None]] = defaultdict(dict)
        for row in rows:
            if row.hashtags:
                carried[self._posts[row.post].internal].update(dict.fromkeys(row.hashtags))
        for post_id, post in self._core.posts.get_many(list(carried)).items():
            tags = tuple(dict.fromkeys((*post.hashtags, *carried[post_id])))
            if tags != post.hashtags:
                self._core.posts.edit(post.author_id, post_id, hashtags=tags)


def _rows(frame: pd.DataFrame) -> Rows:
    return list(frame.itertuples(index=False, name="Row"))


def _by_time(frame: pd.DataFrame) -> Iterator[tuple[int, Rows]]:
    """Rows of a table with ``at``, grouped by the millisecond."""
    for at, rows in groupby(_rows(frame), key=lambda row: row.at):
        yield int(at), list(rows)
