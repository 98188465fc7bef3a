"""Whatever happens, in whatever order and however often repeated: Cassandra answers what SQLite answers.

Crowds grow here with every second member, so that owners of every width are met.
"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.adapters.cassandra import crowds
from feed_core.adapters.cassandra.comments import CassandraComments
from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.adapters.cassandra.notifications import CassandraNotifications
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.stories import CassandraStories
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.notifications import SqliteNotifications
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.clock import DAY, HOUR, SystemClock
from feed_core.model.notifications import NOTIFICATION_KINDS, Notification, NotificationKind
from feed_core.model.posts import Comment, MediaRef, Post, PostCounts
from feed_core.model.stories import Story, StoryView
from feed_core.model.timelines import NEWEST, Entry
from feed_core.ports.graph import Edge, EdgeKind
from feed_core.ports.reactions import Reaction, ReactionKind
from feed_core.ports.timelines import Delivery
from tests.cassandra_keyspace import Emptying
from tests.contract.histories import BIG, Step, call, checked, histories, in_any_order, play, read

pytestmark = pytest.mark.slow(145)

TODAY = SystemClock().now()

IDS = (1, 2, 3, BIG)
PAIRS = list(product(IDS, IDS))
TIMES = (0, 1, 2, DAY, 3 * DAY)
PLACES = [*product(TIMES, (1, BIG)), NEWEST[:2]]
ids, times, pairs = st.sampled_from(IDS), st.sampled_from(TIMES), st.sampled_from(PAIRS)


@pytest.fixture(autouse=True)
def _growing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "FULL", 2)
    monkeypatch.setattr(crowds, "LOOKED_AT", 1)


posts = st.builds(
    Post, post_id=ids, author_id=ids, caption=st.sampled_from(["", "été #sun"]), hashtags=st.just(("b", "a")),
    mentions=st.just((7, 3)), place=st.sampled_from(["", "Nice"]), created_at=times, updated_at=times,
    media=st.just((MediaRef(url="m", media_type="video", duration_ms=3),)), deleted=st.booleans(),
)  # fmt: skip
entries = st.builds(Entry, delivered_at=times, post_id=ids, via_id=ids, author_id=st.just(9))
counts = st.builds(PostCounts, likes=st.integers(1, 2), comments=st.integers(-1, 1), saves=st.integers(0, 1))
POST_READS = [
    *(read(name, IDS) for name in ("get_many", "deleted_among", "authors_of", "count_by", "counts_many")),
    *(read("by_author", id_, place, limit) for id_ in IDS for place in PLACES for limit in (1, 9)),
    *(read("by_place", "Nice", place, limit) for place in PLACES for limit in (1, 9)),
    *(read("deleted_by", id_, limit) for id_ in IDS for limit in (1, 9)),
    *(read(name, at, limit) for name in ("newest", "deleted_before") for at in TIMES for limit in (1, 2, 9)),
    lambda adapter: sorted(post.post_id for post in adapter.page(0, 9)),
]


@given(
    histories(
        call("put", st.lists(posts, max_size=3)),
        call("put", st.lists(posts, max_size=3)),
        call("put", st.lists(posts, max_size=3)),
        call("add_to_counts", st.dictionaries(ids, counts, max_size=2)),
        call("purge", st.lists(ids, max_size=2)),
    )
)
@checked
def test_posts(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqlitePosts, CassandraPosts(cassandra), empty_cassandra.empty, [*steps, *POST_READS])


BOUNDS = [(*place, id_) for place in PLACES[:-1] for id_ in (1, BIG)] + [NEWEST]
BELOW = [(id_, bound, limit) for id_ in IDS for bound in BOUNDS for limit in (1, 9)]
ENTRY_READS = [
    in_any_order("entries_of", IDS),
    read("entries_at", PAIRS),
    *(read("entries_below", BELOW, since) for since in TIMES),
    *(read("entries_by", IDS, since, limit) for since in TIMES for limit in (1, 9)),
]


@given(
    call("put_first_entries", st.lists(entries, max_size=4, unique_by=lambda each: each.post_id)),
    histories(
        call("put_entries", st.lists(entries, max_size=4)),
        call("put_entries", st.lists(entries, max_size=4)),
        call("withdraw_entries", st.lists(pairs, max_size=2)),
        call("remove_entries", st.lists(ids, max_size=2)),
    ),
)
@checked
def test_entries(
    cassandra: CassandraSession, empty_cassandra: Emptying, first: Step, steps: list[Step]
) -> None:
    play(SqlitePosts, CassandraPosts(cassandra), empty_cassandra.empty, [first, *steps, *ENTRY_READS])


KINDS: tuple[ReactionKind, ...] = ("like", "comment_like")
kinds = st.sampled_from(KINDS)
reactions = st.lists(st.builds(Reaction, ids, ids, times), max_size=5)
REACTION_READS = [
    read("present", "like", PAIRS),
    read("count", "like", IDS),
    *(read("among", kind, id_, IDS) for kind in KINDS for id_ in IDS),
    *(read("by_user", "like", id_, limit, place) for id_ in IDS for limit in (1, 9) for place in PLACES),
    *(read("of_post", "like", id_, after, limit) for id_ in IDS for after in (0, 1, 3) for limit in (1, 9)),
]


@given(
    histories(
        call("add", kinds, reactions),
        call("add", kinds, reactions),
        call("add", st.just("like"), reactions),
        call("remove", kinds, st.lists(pairs, max_size=3)),
        call("purge", st.lists(ids, max_size=1)),
    )
)
@checked
def test_reactions(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqliteReactions, CassandraReactions(cassandra), empty_cassandra.empty, [*steps, *REACTION_READS])


def comment(id_: int, text: str, deleted: bool) -> Comment:
    """A comment whose post, parent and author follow from its id, as they never change."""
    return Comment(
        comment_id=id_, post_id=id_ % 2 + 1, user_id=id_ % 3 + 1, text=text,
        parent_id=(id_ - 2) * (id_ % 4 == 3), created_at=id_, deleted=deleted,
    )  # fmt: skip


COMMENT_IDS = (*range(1, 9), BIG)
comment_ids = st.sampled_from(COMMENT_IDS)
comments = st.lists(st.builds(comment, comment_ids, st.sampled_from(["a", "b"]), st.booleans()), max_size=5)
COMMENT_READS = [
    read("get_many", COMMENT_IDS),
    read("count", (1, 2, 3)),
    *(in_any_order("all_of_post", post, 99) for post in (1, 2, 3)),
    *(read("of_post", post, id_, limit) for post in (1, 2) for id_ in COMMENT_IDS for limit in (1, 9)),
    *(read("of_parent", post, top, BIG, limit) for post in (1, 2) for top in (0, 1, 5) for limit in (1, 9)),
    *(read("of_user", user, id_, limit) for user in (1, 2, 3) for id_ in (3, BIG) for limit in (1, 9)),
]


@given(
    histories(
        call("put", comments),
        call("put", comments),
        call("put", comments),
        call("purge", st.lists(comment_ids, max_size=2)),
    )
)
@checked
def test_comments(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqliteComments, CassandraComments(cassandra), empty_cassandra.empty, [*steps, *COMMENT_READS])


EDGE_KINDS: tuple[EdgeKind, ...] = ("follow", "request")
edge_kinds = st.sampled_from(EDGE_KINDS)
edges = st.lists(st.builds(Edge, ids, ids, times), max_size=5)
EDGE_READS = [
    read(name, kind, PAIRS if name == "present" else IDS)
    for name in ("present", "targets", "sources", "target_ids", "source_ids")
    for kind in EDGE_KINDS
]


@given(
    histories(
        call("add", edge_kinds, edges),
        call("add", edge_kinds, edges),
        call("remove", edge_kinds, st.lists(pairs, max_size=3)),
    )
)
@checked
def test_edges(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqliteGraph, CassandraGraph(cassandra), empty_cassandra.empty, [*steps, *EDGE_READS])


deliveries = st.lists(st.builds(Delivery, ids, entries), max_size=6)
FEED_READS = [
    read("pulled"),
    lambda adapter: {pair: set(copies) for pair, copies in adapter.of_posts(PAIRS).items()},
    *(read("read", BELOW, since) for since in TIMES),
]


@given(
    histories(
        call("deliver", deliveries),
        call("deliver", deliveries),
        call("withdraw", st.lists(pairs, max_size=2)),
        call("withdraw_posts", st.lists(ids, max_size=2)),
        call("forget", st.lists(ids, max_size=1)),
        call("set_pulled", st.lists(ids, max_size=3), pulled=st.booleans()),
    )
)
@checked
def test_timelines(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqliteTimelines, CassandraTimelines(cassandra), empty_cassandra.empty, [*steps, *FEED_READS])


def notification(user: int, kind: NotificationKind, actor: int, post: int, id_: int) -> Notification:
    return Notification(
        user_id=user, notification_id=id_, at=TODAY + id_ % 3, kind=kind, actor_id=actor, post_id=post
    )


some = st.integers(1, 2)
notifications = st.builds(
    notification, some, st.sampled_from(NOTIFICATION_KINDS[:2]), some, some, st.integers(1, 1 << 40)
)
MARKS = [*product((TODAY, TODAY + 1, TODAY + 2), (1, 1 << 39)), NEWEST[:2]]
NOTIFICATION_READS = [
    read("marks", [1, 2, 3]),
    *(read("below", user, mark, limit) for user in (1, 2) for mark in MARKS for limit in (1, 9)),
]


@given(
    histories(
        call("put", st.lists(notifications, max_size=4)),
        call("put", st.lists(notifications, max_size=4)),
        call("remove", st.lists(notifications.map(lambda each: each.key), max_size=3)),
        call("mark_read", st.dictionaries(some, st.sampled_from(MARKS), max_size=2)),
        call("forget_users", st.lists(some, max_size=1)),
    )
)
@checked
def test_notifications(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    real = CassandraNotifications(cassandra)
    play(SqliteNotifications, real, empty_cassandra.empty, [*steps, *NOTIFICATION_READS])


STORY_IDS, VIEWERS = (1, 2, 3, BIG), (*range(1, 7), BIG)
NOWS = (TODAY, TODAY + 4 * HOUR, TODAY + 24 * HOUR)


def story(id_: int, caption: str) -> Story:
    """A story whose owner and times follow from its id, as they never change."""
    created = TODAY - id_ % 3 * 10 * HOUR
    return Story(
        story_id=id_, user_id=id_ % 2 + 1, media=MediaRef(url="é"), caption=caption, created_at=created,
        expires_at=created + 24 * HOUR,
    )  # fmt: skip


def view(id_: int, viewer: int, at: int) -> StoryView:
    return StoryView(story_id=id_, viewer_id=viewer, at=TODAY + at, expires_at=story(id_, "").expires_at)


story_ids = st.sampled_from(STORY_IDS)
stories = st.lists(st.builds(story, story_ids, st.sampled_from(["", "été"])), max_size=5)
views = st.lists(st.builds(view, story_ids, st.sampled_from(VIEWERS), st.integers(0, 2)), max_size=9)
STORY_READS = [
    *(read(name, STORY_IDS, now) for name in ("active", "count_views") for now in NOWS),
    *(read("viewed", viewer, STORY_IDS, NOWS[1]) for viewer in VIEWERS),
    *(read("views", id_, after, 2, TODAY) for id_ in STORY_IDS for after in (0, 3)),
    *(read("views", id_, 0, 9, NOWS[1]) for id_ in STORY_IDS),
]


@given(
    histories(
        call("put", stories),
        call("add_views", views),
        call("add_views", views),
        call("remove", st.lists(st.tuples(some, story_ids), max_size=2)),
    )
)
@checked
def test_stories(cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[Step]) -> None:
    play(SqliteStories, CassandraStories(cassandra), empty_cassandra.empty, [*steps, *STORY_READS])
