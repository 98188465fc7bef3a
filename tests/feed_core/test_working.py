"""Workers in a process of their own."""

import threading
from pathlib import Path

import pytest

from feed_core import working
from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser, UserStats
from feed_core.workers.workers import Workers
from feed_core.working import work
from tests.servers import wait_until


def test_what_is_written_while_they_run_is_delivered(tmp_path: Path) -> None:
    core, stop = FeedCore.open(tmp_path), threading.Event()
    ann, ben = (
        user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")])
    )
    running = threading.Thread(target=work, args=(core, stop))
    running.start()
    try:
        core.graph.follow_many([(ann, ben)])
        (post,) = core.posts.publish_many([NewPost(author_id=ben)])
        wait_until(lambda: core.workers.lag() == 0)
    finally:
        stop.set()
        running.join()
    assert core.workers.lag() == 0
    assert [entry.post_id for entry in core.timelines.page(ann).entries] == [post.post_id]
    core.close()


def test_idle_workers_ask_seldom_where_a_group_stands_and_still_see_it_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, stop, asked = FeedCore.open(tmp_path), threading.Event(), []
    ann, ben = (
        user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")])
    )
    core.graph.follow_many([(ann, ben)])
    core.drain()
    events = core.stores.events
    committed = events.committed
    monkeypatch.setattr(events, "committed", lambda *of: asked.append(of) or committed(*of))
    for _ in range(40):
        core.workers.turn()
    assert len(asked) < 20 * len(core.workers.consumers)
    running = threading.Thread(target=work, args=(core, stop))
    running.start()
    try:
        events.commit("fan-out", "graph", (0,))
        wait_until(lambda: committed("fan-out", "graph") == events.end("graph"))
    finally:
        stop.set()
        running.join()
    core.close()


def test_a_failure_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core, stop, tries = FeedCore.open(tmp_path), threading.Event(), []

    def turn(_workers: Workers) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away")
        stop.set()
        return 0

    monkeypatch.setattr(working, "RETRY_S", 0.01)
    monkeypatch.setattr(Workers, "turn", turn)
    work(core, stop)
    assert len(tries) == 2
    core.close()


def test_at_night_they_repair_what_is_off(tmp_path: Path) -> None:
    clock, stop = SetClock(1_770_000_000_000), threading.Event()
    core = FeedCore.open(tmp_path, clock=clock)
    (ann,) = (user.user_id for user in core.accounts.create_many([NewUser(username="ann")]))
    core.stores.accounts.add_to_stats({ann: UserStats(followers=3)})
    running = threading.Thread(target=work, args=(core, stop))
    running.start()
    try:
        clock.set(clock.now() + DAY)
        wait_until(lambda: core.accounts.stats_many([ann]).get(ann, UserStats()) == UserStats())
    finally:
        stop.set()
        running.join()
    core.close()
