"""Puts checked rows into the feed core through its services, at the time they happened."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from feed_core.core import FeedCore
from feed_core.model.captions import MAX_HASHTAGS, tag_spelling
from feed_core.model.clock import SetClock
from feed_core.model.errors import LoupeError
from feed_core.model.events import NewEvent
from feed_core.model.posts import MediaRef, NewComment, NewPost, PostEdit
from feed_core.model.users import NewUser
from pipelines.importing.external_ids import Batch, Known, LoadedRows
from pipelines.importing.halving import in_halves
from pipelines.importing.once import BatchJournal
from pipelines.importing.rejects import Reject
from pipelines.importing.slices import Rows, Slice
from pipelines.importing.tables import TableName

Act = Callable[[int, Rows], Batch]
SURFACE = "import"


class Applier:
    """Applies slices of checked tables; counts what went in and keeps what a service refused."""

    def __init__(self, core: FeedCore, clock: SetClock, loaded: LoadedRows, journal: BatchJournal) -> None:
        self._core, self._clock, self._journal = core, clock, journal
        self._users, self._posts = loaded.ids("user"), loaded.ids("post")
        self.accepted: Counter[TableName] = Counter()
        self.rejects: list[Reject] = []

    def put(self, part: Slice) -> None:
        """Apply one slice; the clock is left at its last row.

        Follows and comments, which take the clock's time, go in millisecond by millisecond; the others
        carry their own time and go in together.
        """
        rows = part.rows
        comments = [row for row in rows["engagements"] if row.action == "comment"]
        others = [row for row in rows["engagements"] if row.action != "comment"]
        self._run("users", rows["users"], part.until, self._create_users)
        for at, some in _by_time(rows["follows"]):
            self._run("follows", some, at, self._follow)
        self._run("posts", rows["posts"], part.until, self._publish)
        self._run("engagements", others, part.until, self._record)
        for at, some in _by_time(comments):
            self._run("engagements", some, at, self._comment)
        self._clock.set(part.until)

    def _run(self, table: TableName, rows: Rows, at: int, act: Act) -> None:
        self._clock.set(at)

        def once(some: Rows) -> None:
            batch = self._journal.run(lambda number: act(number, some))
            self._users.update((name, Known(id_, made)) for name, id_, made in batch.users)
            self._posts.update((name, Known(id_, made)) for name, id_, made in batch.posts)
            self.accepted[table] += len(some)

        in_halves([row for row in rows if self._resolves(table, row)], once, self._refuse)

    def _resolves(self, table: TableName, row: Any) -> bool:
        """Whether all that the row names went in; it may not have, when a service refused it."""
        for noun, column in _NAMES[table]:
            if getattr(row, column) not in (self._users if noun == "user" else self._posts):
                self._reject(row, f"{column} was refused, see its own row")
                return False
        return True

    def _refuse(self, row: Any, error: LoupeError) -> None:
        self._reject(row, str(error))

    def _reject(self, row: Any, reason: str) -> None:
        shown = {name: value for name, value in row._asdict().items() if name not in {"file", "line"}}
        self.rejects.append(Reject(row.file, row.line, reason, str(shown)[:500]))

    def _create_users(self, number: int, rows: Rows) -> Batch:
        news = [
            NewUser(username=row.username, full_name=row.full_name, bio=row.bio, created_at=row.created_at)
            for row in rows
        ]
        made = zip(rows, self._core.accounts.create_many(news), strict=True)
        return Batch(number, users=tuple((row.user_id, user.user_id, row.created_at) for row, user in made))

    def _publish(self, number: int, rows: Rows) -> Batch:
        made = zip(rows, self._core.posts.publish_many([self._new_post(row) for row in rows]), strict=True)
        return Batch(number, posts=tuple((row.post_id, post.post_id, row.created_at) for row, post in made))

    def _new_post(self, row: Any) -> NewPost:
        media = (MediaRef(url=f"import/{row.post_id}", media_type=row.media_type),) if row.media_type else ()
        return NewPost(
            author_id=self._users[row.author].internal, caption=row.caption, hashtags=row.hashtags,
            place=row.place, media=media, created_at=row.created_at,
        )  # fmt: skip

    def _follow(self, number: int, rows: Rows) -> Batch:
        users = self._users
        pairs = [(users[row.follower].internal, users[row.followee].internal) for row in rows]
        self._core.graph.follow_many(pairs)
        return _digested(number, rows)

    def _record(self, number: int, rows: Rows) -> Batch:
        self._core.engagement.record_many([self._new_event(row) for row in rows])
        self._tag(rows)
        return _digested(number, rows)

    def _new_event(self, row: Any) -> NewEvent:
        return NewEvent(
            user_id=self._users[row.user].internal, post_id=self._posts[row.post].internal,
            action=row.action, value=row.value, occurred_at=row.at, surface=SURFACE,
        )  # fmt: skip

    def _comment(self, number: int, rows: Rows) -> Batch:
        self._core.comments.add_many([self._new_comment(row) for row in rows])
        return _digested(number, rows)

    def _new_comment(self, row: Any) -> NewComment:
        return NewComment(
            post_id=self._posts[row.post].internal, user_id=self._users[row.user].internal, text=row.text,
            surface=SURFACE,
        )  # fmt: skip

    def _tag(self, rows: Rows) -> None:
        """Add the hashtags that rows carry to their posts, the first 30 of each."""
        carried: dict[int, dict[str, None]] = defaultdict(dict)
        for row in rows:
            if row.hashtags:
                carried[self._posts[row.post].internal].update(dict.fromkeys(map(tag_spelling, row.hashtags)))
        edits = []
        for post_id, post in self._core.posts.get_many(list(carried)).items():
            tags = tuple(dict.fromkeys((*post.hashtags, *carried[post_id])))[:MAX_HASHTAGS]
            if tags != post.hashtags:
                edits.append(PostEdit(author_id=post.author_id, post_id=post_id, hashtags=tags))
        self._core.posts.edit_many(edits)


_NAMES: dict[TableName, tuple[tuple[str, str], ...]] = {
    "users": (),
    "follows": (("user", "follower"), ("user", "followee")),
    "posts": (("user", "author"),),
    "engagements": (("user", "user"), ("post", "post")),
}


def _digested(number: int, rows: Rows) -> Batch:
    return Batch(number, digests=tuple(row.digest for row in rows))


def _by_time(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Rows with ``at``, grouped by the millisecond."""
    for at, some in groupby(rows, key=lambda row: int(row.at)):
        yield at, list(some)
