"""A feed core in a folder of its own, with four people and a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.events import Decision, Event, Topic
from feed_core.model.posts import NewPost, Post, PostEdit
from feed_core.model.users import NewUser

NOW = 1_770_000_000_000
NOBODY = 4_242


@dataclass
class World:
    """``ann``, ``ben``, ``cam`` and ``dan`` are user ids."""

    core: FeedCore
    clock: SetClock
    ann: int = 0
    ben: int = 0
    cam: int = 0
    dan: int = 0
    people: list[int] = field(default_factory=list)

    def post(self, author_id: int, caption: str = "") -> Post:
        """A new post."""
        return self.core.posts.publish_many([NewPost(author_id=author_id, caption=caption)])[0]

    def edit(self, post: Post, by: int = 0, **changes: object) -> Post:
        """The post after an edit, by its author unless someone else is named."""
        edit = {"author_id": by or post.author_id, "post_id": post.post_id, **changes}
        return self.core.posts.edit_many([msgspec.convert(edit, PostEdit)])[0]

    def logged(self, topic: Topic) -> list[Event]:
        """All events of a topic."""
        records = self.core.stores.events.read(topic, (0,), 10_000)
        return [msgspec.msgpack.decode(record.body, type=Event) for record in records]

    def logged_posts(self) -> list[Post]:
        """All records of the topic ``posts``."""
        records = self.core.stores.events.read("posts", (0,), 10_000)
        return [msgspec.msgpack.decode(record.body, type=Post) for record in records]

    def logged_decisions(self) -> list[Decision]:
        """All records of the topic ``decisions``."""
        records = self.core.stores.events.read("decisions", (0,), 10_000)
        return [msgspec.msgpack.decode(record.body, type=Decision) for record in records]

    def state(self) -> tuple[object, ...]:
        """Everything that a refused write must leave as it was."""
        stores = self.core.stores
        post_ids = [post.post_id for post in stores.posts.page(0, 1_000)]
        return (
            [stores.events.end(topic) for topic in ("engagement", "graph", "posts", "decisions")],
            stores.accounts.page(0, 1_000),
            stores.accounts.stats_many(self.people),
            stores.posts.get_many(post_ids),
            stores.posts.counts_many(post_ids),
            stores.posts.entries_by(self.people, 0, 1_000),
            [stores.graph.targets(kind, self.people) for kind in ("follow", "block", "mute")],
            [stores.comments.of_post(post_id, (1 << 63) - 1, 1_000) for post_id in post_ids],
            [stores.reactions.count(kind, post_ids) for kind in ("like", "save", "share", "hide", "report")],
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SetClock(NOW)
    core = FeedCore.open(tmp_path, clock=clock)
    users = core.accounts.create_many([NewUser(username=name) for name in ("ann", "ben", "cam", "dan")])
    people = [user.user_id for user in users]
    yield World(core, clock, *people, people)
    core.close()


@pytest.fixture
def nobody() -> int:
    """An id that no user and no post has."""
    return NOBODY
