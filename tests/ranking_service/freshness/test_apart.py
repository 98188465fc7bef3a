"""The event log followed in a process of its own: what it writes, how it is missed, and its end."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest
from msgspec import structs

from features.definitions import VIEW_BY_NAME
from features.online import open_online
from feed_core.core import FeedCore
from feed_core.model.clock import SystemClock
from feed_core.model.posts import NewPost
from feed_core.model.servers import Servers
from feed_core.model.users import NewUser
from ranking_service.freshness.apart import BEHIND, FreshnessApart
from tests.servers import wait_until


@pytest.fixture
def core(servers: Servers, tmp_path: Path) -> Iterator[FeedCore]:
    with closing(FeedCore.open(tmp_path, servers=servers)) as core:
        yield core


@pytest.fixture
def following(servers: Servers, tmp_path: Path) -> Iterator[FreshnessApart]:
    following = FreshnessApart(tmp_path, servers, SystemClock())
    following.start()
    yield following
    following.stop()
    assert processes() == []


def processes() -> list[psutil.Process]:
    """Those that spawn made out of this one, without its tracker of shared memory."""
    found = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in found if "spawn_main" in " ".join(one.cmdline())]


def followed(core: FeedCore, servers: Servers) -> bool:
    """Whether a new post gets its content row within a minute."""
    name = f"u{core.clock.now()}"
    (ann,) = core.accounts.create_many([NewUser(username=name)])
    (post,) = core.posts.publish_many([NewPost(author_id=ann.user_id, caption="#new")])
    key = np.array([[post.post_id]], np.int64)
    with closing(open_online(servers.redis_url)) as online:
        wait_until(lambda: bool(online.read_many(VIEW_BY_NAME["post_content"], key).event_times.all()))
    return True


def test_new_posts_get_their_rows_from_a_process_that_is_replaced_when_it_dies(
    core: FeedCore, servers: Servers, following: FreshnessApart
) -> None:
    assert followed(core, servers)
    wait_until(lambda: following.restored)
    (process,) = processes()
    assert process.nice() == min(19, psutil.Process().nice() + BEHIND), "answers go first"
    process.kill()
    wait_until(lambda: "ended with -9" in following.problem)
    assert following.restored, "what is online is still there"
    assert followed(core, servers)
    wait_until(lambda: following.problem == "")


def test_a_server_that_is_away_is_the_problem_until_it_is_back(servers: Servers, tmp_path: Path) -> None:
    away = structs.replace(servers, redis_url="redis://127.0.0.1:1/0")
    following = FreshnessApart(tmp_path, away, SystemClock())
    following.start()
    wait_until(lambda: "Redis" in following.problem)
    assert not following.restored
    following.stop()
    assert processes() == []
