"""A demo begins on empty servers, and empties none but its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from features.content import write_posts
from features.definitions import VIEW_BY_NAME
from features.online import open_online
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.errors import Conflict
from feed_core.model.events import TOPICS, NewEvent
from feed_core.model.posts import NewComment, NewPost, PostCounts
from feed_core.model.servers import Servers
from feed_core.model.users import NewUser
from pipelines.run_on_servers import RunOnServers
from pipelines.stack.environment import environment
from pipelines.stack.layout import Stack
from tests.servers import fresh_keys

NOW = 1_770_000_000_000


@pytest.fixture
def unmarked(servers: Servers, stack: Stack) -> Iterator[Servers]:
    """Stores of which nobody says whose run they hold, shared with other tests: nothing empties them here."""
    with fresh_keys(stack) as keys:
        url = f"{environment(stack)['LOUPE_REDIS_URL']}?prefix={keys.prefix}"
        yield structs.replace(servers, redis_url=url)


def live(servers: Servers, home: Path) -> list[int]:
    """A little of everything; answers the ids that were made."""
    core = FeedCore.open(home, clock=SetClock(NOW), servers=servers)
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ann, ben)])
    (post,) = core.posts.publish_many([NewPost(author_id=ben)])
    core.engagement.record_many([NewEvent(user_id=ann, post_id=post.post_id, action="like")])
    comment, *_ = core.comments.add_many([NewComment(post_id=post.post_id, user_id=ann, text="well")])
    core.drain()
    online = open_online(servers.redis_url)
    write_posts(online, [post])
    online.close()
    assert core.posts.counts_many([post.post_id]) == {post.post_id: PostCounts(likes=1, comments=1)}
    assert [entry.post_id for entry in core.timelines.page(ann).entries] == [post.post_id]
    core.close()
    return [ann, ben, post.post_id, comment.comment_id]


def test_a_run_that_begins_again_finds_empty_stores_and_makes_the_same_ids(
    all_shards: Servers, tmp_path: Path
) -> None:
    run = RunOnServers(tmp_path, all_shards)
    assert not run.is_there()
    run.begin()
    assert run.is_there()
    ids = live(all_shards, tmp_path)
    run.begin()
    assert run.is_there()
    core = FeedCore.open(tmp_path, clock=SetClock(NOW), servers=all_shards)
    assert core.accounts.page(0, 10) == core.posts.newest(0, 10) == []
    assert [sum(core.stores.events.end(topic)) for topic in TOPICS] == [0] * len(TOPICS)
    assert core.workers.lag() == 0
    core.close()
    online = open_online(all_shards.redis_url)
    assert online.state(VIEW_BY_NAME["post_content"]).rows == 0
    online.close()
    assert live(all_shards, tmp_path) == ids


def test_what_is_not_this_runs_is_never_emptied(unmarked: Servers, tmp_path: Path) -> None:
    mine, other = (RunOnServers(tmp_path / name, unmarked) for name in ("mine", "other"))
    mine.begin()
    for ask in (other.is_there, other.begin):
        with pytest.raises(Conflict, match=f"run of .*{tmp_path / 'mine'}") as refused:
            ask()
        assert "loupe stack wipe" in refused.value.fix
    assert mine.is_there()


def test_people_who_came_by_themselves_are_left_alone(unmarked: Servers, tmp_path: Path) -> None:
    live(unmarked, tmp_path)
    run = RunOnServers(tmp_path, unmarked)
    for ask in (run.is_there, run.begin):
        with pytest.raises(Conflict, match="Somebody lives"):
            ask()
    core = FeedCore.open(tmp_path, servers=unmarked)
    assert len(core.accounts.page(0, 10)) == 2
    core.close()
