"""Random histories with a crash at any step end as the embedded stores do without one."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.core import FeedCore
from feed_core.model.clock import Clock, SetClock
from feed_core.model.errors import LoupeError
from feed_core.model.events import Action, Event, NewEvent
from feed_core.model.posts import NewComment, NewPost
from feed_core.model.users import User
from tests.feed_core.adapters.journal.conftest import Killed, Process
from tests.postgres_shards import EMPTY

pytestmark = pytest.mark.slow(40)

NOW = 1_770_000_000_000
PEOPLE = (1, 2, 3, 4)
"""On different shards: two on each cluster."""


class Deed(NamedTuple):
    """What one person does, and after how many steps the process that does it dies."""

    what: str
    who: int
    whom: int
    post: int
    dies: int | None


deeds = st.builds(
    Deed,
    st.sampled_from(
        ("follow", "unfollow", "block", "mute", "like", "unlike", "share", "publish", "delete", "comment")
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.integers(0, 2),
    st.none() | st.integers(0, 20),
)


@given(st.lists(deeds, min_size=1, max_size=10))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    process: Callable[[Clock], Process], postgres_urls: list[str], tmp_path: Path, history: list[Deed]
) -> None:
    empty(postgres_urls, tmp_path)
    clock = SetClock(NOW)
    embedded = FeedCore.open(tmp_path / "embedded", clock=clock)
    mortal = process(clock)
    for core in (embedded, mortal.core):
        core.stores.accounts.add([person(id_) for id_ in PEOPLE])
        for id_ in PEOPLE[:3]:
            do(core, Deed("publish", id_, id_, 0, None), -id_)
    for number, deed in enumerate(history):
        clock.set(NOW + 1_000 * (number + 1))
        expected = do(embedded, deed, number)
        assert until_answered(mortal, deed, number) == expected
    assert mortal.log.left(0) == []
    assert state(mortal.core) == state(embedded)
    embedded.close()


def until_answered(process: Process, deed: Deed, number: int) -> bytes:
    """The client repeats with the same key until it is answered."""
    process.fuse.left = deed.dies
    try:
        answer = do(process.core, deed, number)
        process.fuse.left = None
    except Killed:
        process.die()
        process.start()
        answer = do(process.core, deed, number)
    return answer


def do(core: FeedCore, deed: Deed, number: int) -> bytes:
    """The answer: what was new, or which error."""

    def act() -> bytes:
        return repr(effect(core, deed, number)).encode()

    try:
        return core.idempotency.once(deed.who, f"deed {number}", act)
    except LoupeError as error:
        return type(error).__name__.encode()


def effect(core: FeedCore, deed: Deed, number: int) -> object:
    pair = [(deed.who, deed.whom)]
    relations: dict[str, Callable[[list[tuple[int, int]]], list[bool]]] = {
        "follow": core.graph.follow_many,
        "unfollow": core.graph.unfollow_many,
        "block": core.graph.block_many,
        "mute": core.graph.mute_many,
    }
    if deed.what in relations:
        return relations[deed.what](pair)
    if deed.what == "publish":
        return len(core.posts.publish_many([NewPost(author_id=deed.who, caption=f"post {number}")]))
    post_id = posts(core)[deed.post][0]
    if deed.what == "delete":
        return core.posts.delete_many(deed.who, [post_id])
    if deed.what == "comment":
        return len(
            core.comments.add_many([NewComment(post_id=post_id, user_id=deed.who, text=f"text {number}")])
        )
    action = msgspec.convert(deed.what, Action)
    return len(core.engagement.record_many([NewEvent(user_id=deed.who, post_id=post_id, action=action)]))


def posts(core: FeedCore) -> list[tuple[int, str, bool]]:
    """(id, caption, deleted) in the order in which they were published."""
    found = core.stores.posts.page(0, 1_000)
    return [(post.post_id, post.caption, post.deleted) for post in sorted(found, key=lambda p: p.created_at)]


def state(core: FeedCore) -> tuple[object, ...]:
    """All that the deeds left, with captions in the place of post ids."""
    stores, names = core.stores, {id_: caption for id_, caption, _ in posts(core)}
    kinds = ("like", "share")
    return (
        sorted((caption, deleted) for _, caption, deleted in posts(core)),
        {kind: stores.graph.targets(kind, PEOPLE) for kind in ("follow", "block", "mute")},
        stores.accounts.stats_many(PEOPLE),
        {
            (kind, who): sorted((names[r.post_id], r.at) for r in stores.reactions.by_user(kind, who, 99))
            for kind in kinds
            for who in PEOPLE
        },
        {
            (caption, comment.user_id, comment.text)
            for id_, caption in names.items()
            for comment in stores.comments.of_post(id_, 1 << 62, 99)
        },
        {
            (names[entry.post_id], entry.via_id)
            for entries in stores.posts.entries_by(PEOPLE, 0, 99).values()
            for entry in entries
        },
        events(core, names),
    )


def events(core: FeedCore, names: dict[int, str]) -> Counter[tuple[object, ...]]:
    """Each event once, as its consumers take it."""
    found = {}
    for topic in ("graph", "engagement"):
        log = core.stores.events
        for record in log.read(topic, (0,), 10_000):
            event = msgspec.msgpack.decode(record.body, type=Event)
            found[event.event_id] = event
    return Counter((e.action, e.user_id, e.author_id, names.get(e.post_id)) for e in found.values())


def person(id_: int) -> User:
    return User(user_id=id_, username=f"user{id_}", full_name="", bio="", created_at=NOW, updated_at=NOW)


def empty(urls: list[str], folder: Path) -> None:
    """Every example begins with nothing."""
    for url in urls:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(EMPTY)
    for each in folder.iterdir():
        shutil.rmtree(each)
