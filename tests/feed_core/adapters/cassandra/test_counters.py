"""Counts follow from what they count, however often and in whatever order they are recounted."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feed_core.adapters.cassandra import crowds
from feed_core.adapters.cassandra.comments import CassandraComments
from feed_core.adapters.cassandra.counters import CassandraPostCounters
from feed_core.adapters.cassandra.posts import CassandraPosts
from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.posts import Comment, PostCounts
from feed_core.ports.reactions import Reaction
from tests.cassandra_keyspace import Emptying

likes = st.tuples(st.booleans(), st.integers(1, 3), st.integers(1, 6), st.booleans())


@given(st.lists(likes, max_size=20))
@settings(
    max_examples=20, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip
def test_touched_buckets_bring_counts_up_to_the_likes(
    cassandra: CassandraSession, empty_cassandra: Emptying, steps: list[tuple[bool, int, int, bool]]
) -> None:
    empty_cassandra.empty()
    reactions, counters = CassandraReactions(cassandra), CassandraPostCounters(cassandra)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowds, "FULL", 2)
        patch.setattr(crowds, "LOOKED_AT", 1)
        waiting: list[tuple[int, int]] = []
        for on, post, user, now in steps:
            if on:
                reactions.add("like", [Reaction(user, post, 1)])
            else:
                reactions.remove("like", [(user, post)])
            waiting.append((post, user))
            if now:
                counters.recount_touched("like", waiting)
                counters.recount_touched("like", waiting[-1:])
                waiting = []
        counters.recount_touched("like", waiting)
    counted = {id_: c.likes for id_, c in CassandraPosts(cassandra).counts_many([1, 2, 3]).items() if c.likes}
    assert counted == reactions.count("like", [1, 2, 3])
    assert counters.recount_posts([1, 2, 3]) == {}


def test_a_recount_that_began_before_another_does_not_undo_it(cassandra: CassandraSession) -> None:
    reactions, counters = CassandraReactions(cassandra), CassandraPostCounters(cassandra)
    reactions.add("like", [Reaction(1, 5, 1)])
    early = cassandra.now()
    reactions.add("like", [Reaction(2, 5, 1)])
    counters.recount_touched("like", [(5, 2)])
    late = "INSERT INTO post_counts (post_id, kind, bucket, n) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
    cassandra.write_small(late, [(5, "likes", 1, 1, early)])
    assert CassandraPosts(cassandra).counts_many([5]) == {5: PostCounts(likes=2)}


def test_a_repair_corrects_every_field_and_what_was_added_by_hand(cassandra: CassandraSession) -> None:
    posts, reactions = CassandraPosts(cassandra), CassandraReactions(cassandra)
    comments, counters = CassandraComments(cassandra), CassandraPostCounters(cassandra)
    for kind in ("like", "save", "share"):
        reactions.add(kind, [Reaction(1, 5, 1)])
    reactions.add("comment_like", [Reaction(1, 50, 1), Reaction(2, 50, 1)])
    comments.put([comment(50), comment(51, parent_id=50), comment(52, parent_id=50, deleted=True)])
    posts.add_to_counts({5: PostCounts(likes=7, saves=-2), 6: PostCounts(comments=3)})
    assert counters.recount_posts([5, 6]) == {
        5: PostCounts(likes=-6, saves=3, shares=1, comments=2),
        6: PostCounts(comments=-3),
    }
    assert counters.recount_comments([50, 51]) == {50: PostCounts(likes=2, comments=1)}
    assert counters.recount_posts([5, 6]) == counters.recount_comments([50, 51]) == {}
    right = PostCounts(likes=1, saves=1, shares=1, comments=2)
    assert posts.counts_many([5, 6, 50]) == {
        5: right,
        6: PostCounts(),
        50: PostCounts(likes=2, comments=1),
    }


def comment(id_: int, parent_id: int = 0, deleted: bool = False) -> Comment:
    return Comment(
        comment_id=id_, post_id=5, user_id=1, text="t", parent_id=parent_id, created_at=1, deleted=deleted
    )
