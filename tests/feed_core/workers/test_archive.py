"""What is past its time goes for good, all of it, and takes nothing else along."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.errors import Conflict, NotFound
from feed_core.model.events import NewEvent
from feed_core.model.posts import MediaRef, NewComment, NewPost
from feed_core.model.stories import NewStory
from feed_core.model.users import NewUser, UserStats

NOW = 1_770_000_000_000
Open = Callable[..., FeedCore]


def people(core: FeedCore, count: int) -> list[int]:
    return [u.user_id for u in core.accounts.create_many([NewUser(username=f"u{n}") for n in range(count)])]


def live(core: FeedCore, who: int, with_: int) -> int:
    """``who`` does one of everything to ``with_`` and has a post of their own; answers its id."""
    photos = (MediaRef(url="a.jpg"), MediaRef(url="b.jpg"))
    mine, theirs = (
        core.posts.publish_many([NewPost(author_id=id_, media=photos)])[0].post_id for id_ in (who, with_)
    )
    core.graph.follow_many([(who, with_), (with_, who)])
    core.graph.mute_many([(who, with_)])
    for action in ("like", "save", "share", "hide", "report"):
        core.engagement.record_many([NewEvent(user_id=who, post_id=theirs, action=action)])  # type: ignore[arg-type]
        core.engagement.record_many([NewEvent(user_id=with_, post_id=mine, action=action)])  # type: ignore[arg-type]
    comment = core.comments.add_many([NewComment(post_id=theirs, user_id=with_, text="x")])[0]
    core.comments.add_many([NewComment(post_id=theirs, user_id=who, text="y", parent_id=comment.comment_id)])
    core.comments.add_many([NewComment(post_id=mine, user_id=with_, text="z")])
    core.comments.like(who, comment.comment_id)
    core.stories.publish_many([NewStory(user_id=who, media=MediaRef(url="s"))])
    core.settings.edit(who, {"language": "de"})
    core.sessions.begin(who)
    core.drain()
    return mine


def traces(home: Path, *ids: int) -> list[str]:
    """Tables (but the log) that hold any of ``ids`` in a column."""
    found = []
    with sqlite3.connect(home / "feed.sqlite") as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            rows: list[tuple[Any, ...]] = db.execute(f'select * from "{name}"').fetchall()
            if not name.startswith("log_") and any(value in ids for row in rows for value in row):
                found.append(name)
    return found


def test_a_deleted_account_goes_after_ninety_days_and_leaves_no_trace(
    open_core: Open, tmp_path: Path
) -> None:
    clock = SetClock(NOW)
    core = open_core(clock=clock)
    ann, ben, cam = people(core, 3)
    core.graph.follow_many([(cam, ben)])
    post = live(core, ann, ben)
    core.profiles.delete(ann)
    clock.set(NOW + 90 * DAY)
    assert core.archive.run() == (0, 0)
    with pytest.raises(Conflict):
        core.accounts.create_many([NewUser(username="u0")])
    clock.set(NOW + 90 * DAY + 2)  # it was deleted just after it was made
    assert core.archive.run() == (0, 1)
    left = traces(tmp_path / "home", ann, post)
    assert left == ["comments"]  # an empty stone, so that the answers under it keep their place
    assert core.repair.recount_all() == 0
    assert core.accounts.stats_many([ben])[ben] == UserStats(followers=1, posts=1)
    assert core.accounts.create_many([NewUser(username="u0")])
    assert core.archive.run() == (0, 0)


def test_a_deleted_post_can_come_back_for_thirty_days_and_then_goes(open_core: Open, tmp_path: Path) -> None:
    clock = SetClock(NOW)
    core = open_core(clock=clock, horizon_ms=100 * DAY)
    ann, ben, cam = people(core, 3)
    core.graph.follow_many([(cam, ben), (cam, ann)])
    post = live(core, ann, ben)
    before = core.timelines.page(cam).entries, core.posts.counts_many([post])
    core.posts.delete_many(ann, [post])
    core.drain()
    assert post not in {entry.post_id for entry in core.timelines.page(cam).entries}
    clock.set(NOW + 30 * DAY)
    assert core.archive.run() == (0, 0)
    assert [each.post_id for each in core.posts.deleted_by(ann)] == [post]
    core.posts.restore(ann, post)
    core.drain()
    assert (core.timelines.page(cam).entries, core.posts.counts_many([post])) == before
    with pytest.raises(NotFound):
        core.posts.restore(ann, post)
    core.posts.delete_many(ann, [post])
    clock.set(NOW + 61 * DAY)
    with pytest.raises(NotFound):
        core.posts.restore(ann, post)
    assert core.archive.run() == (1, 0)
    assert traces(tmp_path / "home", post) == []
    core.drain()
    assert core.repair.recount_all() == 0


def test_only_its_author_brings_a_post_back(open_core: Open) -> None:
    core = open_core()
    ann, ben = people(core, 2)
    post = core.posts.publish_many([NewPost(author_id=ann)])[0].post_id
    with pytest.raises(NotFound):
        core.posts.restore(ann, post)
    core.posts.delete_many(ann, [post])
    with pytest.raises(NotFound):
        core.posts.restore(ben, post)
    assert core.posts.restore(ann, post).deleted is False


def test_a_purge_that_is_cut_off_goes_on(
    open_core: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(NOW)
    core = open_core(clock=clock)
    ann, ben = people(core, 2)
    post = live(core, ann, ben)
    core.profiles.delete(ann)
    clock.set(NOW + 91 * DAY)

    def die(user_ids: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(core.stores.credentials, "remove", die)
        with pytest.raises(KeyboardInterrupt):
            core.archive.run()
    assert core.archive.run() == (0, 1)
    assert traces(tmp_path / "home", ann, post) == ["comments"]
    assert core.repair.recount_all() == 0
