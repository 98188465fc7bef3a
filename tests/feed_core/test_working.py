"""Workers in a process of their own."""

import threading
from pathlib import Path

import pytest

from feed_core import working
from feed_core.core import FeedCore
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
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


def test_a_failure_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core, stop, tries = FeedCore.open(tmp_path), threading.Event(), []

    def drain(_core: FeedCore, *, recover: bool) -> int:
        assert recover  # it failed the first time, so it is still due
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the disk is away")
        stop.set()
        return 0

    monkeypatch.setattr(working, "RETRY_S", 0.01)
    monkeypatch.setattr(FeedCore, "drain", drain)
    work(core, stop)
    assert len(tries) == 2
    core.close()
