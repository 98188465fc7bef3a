"""A purge that dies behind any of its steps is finished by the next one, and counts nothing twice."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from feed_core.model.clock import DAY
from feed_core.model.events import NewEvent
from feed_core.model.posts import MediaRef, NewComment, NewPost
from feed_core.model.users import UserStats
from tests.feed_core.services.conftest import NOW, World

STEPS = [
    ("comments", "put"), ("comments", "purge"), ("reactions", "purge"), ("reactions", "remove"),
    ("graph", "remove"), ("posts", "purge"), ("posts", "add_to_counts"), ("posts", "withdraw_entries"),
    ("accounts", "add_to_stats"), ("timelines", "withdraw"), ("timelines", "withdraw_posts"),
    ("timelines", "forget"), ("media", "remove"), ("region_counts", "remove"),
    ("notifications", "forget_users"), ("sessions", "remove_of"), ("settings", "remove"),
    ("activity", "remove"), ("credentials", "remove"), ("accounts", "purge"),
]  # fmt: skip


class Crash(BaseException):
    """The process dies here."""


def dying(step: Callable[..., object]) -> Callable[..., object]:
    def die(*arguments: object) -> object:
        step(*arguments)
        raise Crash

    return die


def traces(home: Path, *ids: int) -> set[str]:
    """Tables, but the log, that hold any of ``ids`` in a column."""
    with sqlite3.connect(home / "feed.sqlite") as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        return {
            name
            for name in names
            if not name.startswith("log_")
            and any(value in ids for row in db.execute(f'select * from "{name}"') for value in row)
        }


@pytest.fixture
def lived(world: World) -> tuple[World, list[int]]:
    """Ann has done everything with ben, and cam stands beside; answers ann's posts, too."""
    core, (ann, ben, cam) = world.core, (world.ann, world.ben, world.cam)
    photo = MediaRef(url="a.jpg")
    mine = [
        each.post_id for each in core.posts.publish_many([NewPost(author_id=ann, media=(photo, photo))] * 2)
    ]
    theirs = core.posts.publish_many([NewPost(author_id=ben, media=(photo,))])[0].post_id
    core.graph.follow_many([(ann, ben), (ben, ann), (cam, ann), (cam, ben)])
    core.graph.mute_many([(cam, ann)])
    acts = ("like", "save", "share", "hide", "report")
    core.engagement.record_many(
        [
            NewEvent(user_id=who, post_id=post, action=action)  # type: ignore[arg-type]
            for who, post in ((ann, theirs), (cam, theirs), (ben, mine[0]))
            for action in acts
        ]
    )
    first = core.comments.add_many([NewComment(post_id=theirs, user_id=cam, text="x")])[0].comment_id
    core.comments.add_many([NewComment(post_id=theirs, user_id=ann, text="y", parent_id=first)])
    core.comments.add_many([NewComment(post_id=mine[0], user_id=ben, text="z")])
    core.comments.like(ann, first)
    core.settings.edit(ann, {"language": "de"})
    core.sessions.begin(ann)
    core.posts.delete_many(ann, mine[1:])
    core.drain()
    return world, mine


@pytest.mark.parametrize(("port", "step"), STEPS)
def test_an_account_is_purged_whole_whichever_step_the_process_died_behind(
    lived: tuple[World, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str, step: str
) -> None:
    world, mine = lived
    core, store = world.core, getattr(world.core.stores, port)
    core.profiles.delete(world.ann)
    world.clock.set(NOW + 91 * DAY)
    core.posts.publish_many([NewPost(author_id=world.ben)])
    with monkeypatch.context() as patched:
        patched.setattr(store, step, dying(getattr(store, step)))
        with pytest.raises(Crash):
            core.archive.run()
    core.archive.run()
    assert traces(tmp_path, world.ann, *mine) == {"comments"}  # an empty stone, for the answers under it
    assert core.repair.recount_all() == 0
    assert core.accounts.stats_many([world.ben])[world.ben] == UserStats(followers=1, posts=2)
    assert core.accounts.stats_many([world.cam])[world.cam] == UserStats(following=1)
    assert core.archive.run() == (0, 0)


@pytest.mark.parametrize(
    ("port", "step"), [step for step in STEPS if step[1] in ("purge", "withdraw_posts")][:4]
)
def test_a_post_is_purged_whole_and_leaves_its_neighbours(
    lived: tuple[World, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str, step: str
) -> None:
    world, mine = lived
    core, store = world.core, getattr(world.core.stores, port)
    core.posts.delete_many(world.ann, mine[:1])
    world.clock.set(NOW + 31 * DAY)
    with monkeypatch.context() as patched:
        patched.setattr(store, step, dying(getattr(store, step)))
        with pytest.raises(Crash):
            core.archive.run()
    core.archive.run()
    assert traces(tmp_path, *mine) == set()
    assert core.repair.recount_all() == 0
    assert core.accounts.stats_many([world.ann])[world.ann].posts == 0
    assert len(core.posts.by_author(world.ben).posts) == 1
