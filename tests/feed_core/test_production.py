"""The services over the production stores: on Postgres, Cassandra, Kafka and Redis at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from feed_core.adapters.cassandra.connecting import open_cassandra
from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.errors import Conflict, NotFound
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewComment, NewPost, PostCounts, PostEdit
from feed_core.model.servers import Servers
from feed_core.model.users import NewUser, UserStats
from feed_core.services.journal import log_posts
from feed_core.services.profiles import ProfileEdit
from tests.servers import wait_until


@pytest.fixture
def other(core: FeedCore, servers: Servers, tmp_path: Path) -> Iterator[FeedCore]:
    """A second process of the service beside ``core``, which is there already."""
    other = FeedCore.open(tmp_path / "other", servers=servers)
    yield other
    other.close()


@pytest.fixture
def core(servers: Servers, tmp_path: Path) -> Iterator[FeedCore]:
    core = FeedCore.open(tmp_path, servers=servers)
    yield core
    core.close()


def test_people_follow_post_like_and_read_each_other(core: FeedCore) -> None:
    ann, ben, cam = (
        user.user_id
        for user in core.accounts.create_many([NewUser(username=name) for name in ("ann", "ben", "cam")])
    )
    assert core.graph.follow_many([(ann, ben), (cam, ben), (ann, ben)]) == [True, True, False]
    post, other = core.posts.publish_many(
        [NewPost(author_id=ben, caption="one"), NewPost(author_id=ben, caption="two")]
    )
    like = NewEvent(user_id=ann, post_id=post.post_id, action="like")
    assert len(core.engagement.record_many([like, like])) == 1
    assert core.engagement.record_many([like]) == []
    core.comments.add_many([NewComment(post_id=post.post_id, user_id=cam, text="well")])
    core.posts.delete_many(ben, [other.post_id])
    core.drain()
    assert [entry.post_id for entry in core.timelines.page(ann).entries] == [post.post_id]
    assert core.posts.counts_many([post.post_id]) == {post.post_id: PostCounts(likes=1, comments=1)}
    assert core.accounts.stats_many([ann, ben]) == {
        ann: UserStats(following=1),
        ben: UserStats(followers=2, posts=1),
    }
    core.graph.block_many([(ben, ann)])
    assert core.graph.followers([ben]) == {ben: [cam]}
    with pytest.raises(NotFound):
        core.engagement.record_many([like])


def test_a_repeated_write_gets_its_first_answer_and_a_taken_name_is_a_conflict(core: FeedCore) -> None:
    (dan,) = core.accounts.create_many([NewUser(username="dan")])
    answers = [
        core.idempotency.once(
            dan.user_id,
            "key",
            lambda: b"%d" % core.posts.publish_many([NewPost(author_id=dan.user_id)])[0].post_id,
        )
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert [b"%d" % post.post_id for post in core.posts.by_author(dan.user_id).posts] == answers[:1]
    with pytest.raises(Conflict, match="dan"):
        core.accounts.create_many([NewUser(username="eve"), NewUser(username="dan")])
    assert core.accounts.ids_of(["dan", "eve"]) == {"dan": dan.user_id}


def test_at_night_counts_and_edges_that_are_off_are_put_right(servers: Servers, tmp_path: Path) -> None:
    clock = SetClock(1_770_000_000_000)
    core = FeedCore.open(tmp_path, clock=clock, servers=servers)
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ann, ben)])
    (post,) = core.posts.publish_many([NewPost(author_id=ben)])
    core.engagement.record_many([NewEvent(user_id=ann, post_id=post.post_id, action="like")])
    core.drain()
    right = core.posts.counts_many([post.post_id]), core.accounts.stats_many([ann, ben])
    session = open_cassandra(cassandra_url(servers.cassandra_url))
    CassandraPosts(session).add_to_counts({post.post_id: PostCounts(likes=7, shares=1)})
    CassandraGraph(session).drop("follow", [(ann, ben)])
    session.close()
    core.stores.accounts.add_to_stats({ben: UserStats(followers=4)})
    assert core.graph.following([ann]) == {ann: []}
    assert core.nightly.step() is False
    clock.set(clock.now() + DAY)
    while core.nightly.step():
        assert core.nightly.due
    assert core.graph.following([ann]) == {ann: [ben]}
    assert (core.posts.counts_many([post.post_id]), core.accounts.stats_many([ann, ben])) == right
    assert core.nightly.corrected == 3
    core.close()


def test_what_is_written_past_the_caches_is_forgotten_when_the_log_tells_of_it(
    core: FeedCore, other: FeedCore, servers: Servers
) -> None:
    (hal,) = (user.user_id for user in core.accounts.create_many([NewUser(username="hal")]))
    (post,) = core.posts.publish_many([NewPost(author_id=hal, caption="one")])
    core.drain()
    ids = [post.post_id]
    assert other.posts.get_many(ids) == other.posts.shown_many(ids) == {post.post_id: post}
    edited = structs.replace(post, caption="two", updated_at=post.updated_at + 1)
    session = open_cassandra(cassandra_url(servers.cassandra_url))
    CassandraPosts(session).put([edited])
    session.close()
    assert other.posts.get_many(ids) == {post.post_id: post}
    log_posts(core.stores.events, [edited])
    core.drain()
    assert other.posts.get_many(ids) == {post.post_id: edited}
    wait_until(lambda: other.posts.shown_many(ids) == {post.post_id: edited})


def test_what_one_process_writes_the_other_reads_at_once(core: FeedCore, other: FeedCore) -> None:
    fay, gil = (
        user.user_id
        for user in core.accounts.create_many([NewUser(username=name) for name in ("fay", "gil")])
    )
    pairs = [(fay, gil)]
    for here, there in ((core, other), (other, core)):
        (post,) = here.posts.publish_many([NewPost(author_id=gil, caption="one")])
        ids = [post.post_id]
        assert there.visibility.seen_posts(fay, ids).keys() == set(ids)
        assert here.graph.follow_many(pairs) == [True]
        assert there.graph.following([fay]) == {fay: [gil]}
        assert there.accounts.stats_many([gil])[gil].followers == 1
        here.profiles.edit(gil, ProfileEdit(private=True))
        assert there.graph.unfollow_many(pairs) == [True]
        assert here.visibility.closed(pairs) == there.visibility.closed(pairs) == set(pairs)
        assert here.visibility.seen_posts(fay, ids) == {}
        there.profiles.edit(gil, ProfileEdit(private=False))
        assert here.visibility.seen_posts(fay, ids).keys() == set(ids)
        there.graph.block_many([(gil, fay)])
        assert here.visibility.seen_posts(fay, ids) == {}
        here.graph.unblock_many([(gil, fay)])
        there.posts.edit_many([PostEdit(author_id=gil, post_id=post.post_id, caption="two")])
        assert here.visibility.seen_posts(gil, ids)[post.post_id].caption == "two"
        wait_until(lambda: here.visibility.seen_posts(fay, ids)[post.post_id].caption == "two")  # noqa: B023
        there.posts.delete_many(gil, ids)
        assert here.visibility.seen_posts(fay, ids) == there.visibility.seen_posts(gil, ids) == {}


def test_a_timeline_that_both_processes_have_cached_follows_what_either_does(
    core: FeedCore, other: FeedCore
) -> None:
    hal, ivy = (
        user.user_id
        for user in core.accounts.create_many([NewUser(username=name) for name in ("hal", "ivy")])
    )
    core.graph.follow_many([(hal, ivy)])
    core.drain()
    shown: list[int] = []
    for turn in range(6):
        here, there = (core, other) if turn % 2 else (other, core)
        shown.insert(0, here.posts.publish_many([NewPost(author_id=ivy)])[0].post_id)
        core.drain()
        for process in (there, here):
            assert [entry.post_id for entry in process.timelines.page(hal).entries] == shown
    core.posts.delete_many(ivy, shown[1:3])
    assert [entry.post_id for entry in other.timelines.page(hal).entries] == shown[:1] + shown[3:]
    other.graph.mute_many([(hal, ivy)])
    assert core.timelines.page(hal).entries == ()


def test_who_follows_reads_the_newest_posts_before_the_workers_have_seen_the_follow(core: FeedCore) -> None:
    fay, gus = (
        user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in ("fay", "gus")])
    )
    posts = core.posts.publish_many([NewPost(author_id=gus)] * 3)
    core.drain()
    assert core.timelines.page(fay).entries == ()
    core.graph.follow_many([(fay, gus)])
    core.backfill.follow([(fay, gus)])
    page = core.timelines.page(fay).entries
    assert {entry.post_id for entry in page} == {post.post_id for post in posts}
    core.drain()
    assert core.timelines.page(fay).entries == page


def test_a_purged_account_leaves_no_counts_behind(core: FeedCore) -> None:
    hal, ivy = (
        user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in ("hal", "ivy")])
    )
    post = core.posts.publish_many([NewPost(author_id=ivy)])[0].post_id
    core.engagement.record_many(
        [NewEvent(user_id=hal, post_id=post, action=action) for action in ("like", "save", "share")]
    )
    first = core.comments.add_many([NewComment(post_id=post, user_id=ivy, text="mine")])[0].comment_id
    core.comments.add_many([NewComment(post_id=post, user_id=hal, text="his", parent_id=first)])
    core.comments.like(hal, first)
    core.drain()
    before = PostCounts(likes=1, comments=2, shares=1, saves=1)
    assert core.posts.counts_many([post]) == {post: before}
    core.archive.account_purge.purge(hal)
    assert core.posts.counts_many([post]) == {post: PostCounts(comments=1)}
    assert core.stores.posts.counts_many([first]) == {first: PostCounts()}
