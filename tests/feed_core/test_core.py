"""The feed core as a whole: opened again, killed, shared by threads and by processes."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import msgspec
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.errors import Corrupt
from feed_core.model.events import Event, NewEvent
from feed_core.model.ids import time_of
from feed_core.model.posts import NewComment, NewPost
from feed_core.model.users import NewUser

NOW = 1_770_000_000_000
WRITER = """
import sys
from pathlib import Path
from feed_core.core import FeedCore
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser

core = FeedCore.open(Path(sys.argv[1]))
names = [f"{sys.argv[2]}{i}" for i in range(5)]
people = [user.user_id for user in core.accounts.create_many([NewUser(username=name) for name in names])]
core.graph.follow_many([(a, b) for a in people for b in people if a != b])
written = 0
while written < int(sys.argv[3]):
    for author in people:
        (post,) = core.posts.publish_many([NewPost(author_id=author)])
        core.engagement.record_many(
            [NewEvent(user_id=who, post_id=post.post_id, action="like") for who in people]
        )
        written += 1
        print(post.post_id, flush=True)
    core.drain()
core.close()
"""


def start_writer(home: Path, name: str, posts: int) -> "subprocess.Popen[str]":
    """Another process that writes into the same home and prints the posts that were acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home), name, str(posts)], stdout=subprocess.PIPE, text=True
    )


def logged(core: FeedCore, topic: str) -> list[Event]:
    """All events of a topic."""
    records = core.stores.events.read(topic, (0,), 1_000_000)  # type: ignore[arg-type]
    return [msgspec.msgpack.decode(record.body, type=Event) for record in records]


def test_a_home_is_opened_again_as_it_was_left(tmp_path: Path) -> None:
    with_clock = {"clock": SetClock(NOW)}
    core = FeedCore.open(tmp_path / "new" / "home", **with_clock)
    ann, ben = core.accounts.create_many([NewUser(username="ann"), NewUser(username="ben")])
    core.graph.follow_many([(ben.user_id, ann.user_id)])
    (post,) = core.posts.publish_many([NewPost(author_id=ann.user_id)])
    core.close()
    core = FeedCore.open(tmp_path / "new" / "home", **with_clock)
    core.drain()
    assert [entry.post_id for entry in core.timelines.page(ben.user_id).entries] == [post.post_id]
    core.close()


def test_ids_are_new_after_opening_again_at_the_same_or_an_earlier_time(tmp_path: Path) -> None:
    seen: set[int] = set()
    for now in (NOW, NOW, NOW + 50, NOW - DAY, NOW):
        core = FeedCore.open(tmp_path, clock=SetClock(now))
        made = core.ids.for_owners([1] * 5_000 + [2])
        assert not seen & set(made)
        assert all(0 <= time_of(id_) - now < 1_000 for id_ in made)
        seen.update(made)
        core.close()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "feed.sqlite").write_bytes(b"\x00garbage" * 1_000)
    with pytest.raises(Corrupt, match=r"feed\.sqlite"):
        FeedCore.open(tmp_path)


def test_what_was_acknowledged_survives_a_kill_whole_and_once(tmp_path: Path) -> None:
    writer = start_writer(tmp_path, "w", 1_000_000)
    assert writer.stdout is not None
    acknowledged = {int(writer.stdout.readline()) for _ in range(60)}
    writer.send_signal(signal.SIGKILL)
    acknowledged |= {int(line) for line in writer.stdout.read().splitlines()}
    writer.wait()
    writer.stdout.close()
    core = FeedCore.open(tmp_path)
    core.drain()
    posts = core.stores.posts.page(0, 1_000_000)
    assert acknowledged <= {post.post_id for post in posts}
    assert sum(core.stores.events.end("posts")) == len(posts) <= len(acknowledged) + 1
    likes = [(event.user_id, event.post_id) for event in logged(core, "engagement")]
    assert len(set(likes)) == len(likes) in (5 * len(posts), 5 * len(posts) - 5)
    assert core.repair.recount_all() == 0
    pull = FeedCore.open(tmp_path, mode="pull")
    for user in core.accounts.page():
        assert core.timelines.page(user.user_id, 1_000) == pull.timelines.page(user.user_id, 1_000)
    core.close()
    pull.close()


def test_two_processes_share_a_home(tmp_path: Path) -> None:
    writers = [start_writer(tmp_path, name, 60) for name in ("a", "b")]
    printed = [writer.communicate()[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    core = FeedCore.open(tmp_path)
    core.drain()
    post_ids = [int(post_id) for each in printed for post_id in each]
    assert len(set(post_ids)) == 120 == sum(core.stores.events.end("posts"))
    events = logged(core, "engagement") + logged(core, "graph")
    assert len({event.event_id for event in events}) == len(events) == 120 * 5 + 2 * 20
    assert core.repair.recount_all() == 0
    core.close()


def test_many_threads_write_read_and_drain_at_once(tmp_path: Path) -> None:
    core = FeedCore.open(tmp_path, clock=SetClock(NOW), celebrity_threshold=4)
    made = core.accounts.create_many([NewUser(username=f"u{i}") for i in range(8)])
    people = [user.user_id for user in made]

    def act(seed: int) -> None:
        rng = Random(seed)
        for _ in range(25):
            me, other = rng.sample(people, 2)
            (post,) = core.posts.publish_many([NewPost(author_id=me)])
            core.graph.follow_many([(me, other)]) if rng.random() < 0.7 else core.graph.unfollow_many(
                [(me, other)]
            )
            core.engagement.record_many(
                [
                    NewEvent(user_id=other, post_id=post.post_id, action=action)
                    for action in ("like", "share", "dwell")
                ]
            )
            core.comments.add_many([NewComment(post_id=post.post_id, user_id=other, text="t")])
            core.timelines.page(me, 5)
            if rng.random() < 0.3:
                core.drain()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    core.drain()
    events = logged(core, "engagement") + logged(core, "graph")
    assert len({event.event_id for event in events}) == len(events)
    assert core.stores.events.end("posts") == (200,)
    assert core.repair.recount_all() == 0
    pull = FeedCore.open(tmp_path, clock=SetClock(NOW), mode="pull")
    for person in people:
        assert core.timelines.page(person, 1_000) == pull.timelines.page(person, 1_000)
    pull.close()
    core.close()
