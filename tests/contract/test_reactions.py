"""The contract of ``ports.reactions``; an adapter is tested by one line at the end."""

from collections.abc import Callable
from typing import get_args

import pytest

from feed_core.adapters.cassandra.reactions import CassandraReactions
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.ports.reactions import Reaction, ReactionKind, Reactions


class ReactionsContract:
    adapter: Callable[[Database], Reactions]

    @pytest.fixture
    def reactions(self, database: Database) -> Reactions:
        return type(self).adapter(database)

    def test_a_reaction_counts_once_and_keeps_its_first_time(self, reactions: Reactions) -> None:
        assert reactions.add("like", [Reaction(1, 5, 10), Reaction(1, 5, 11)]) == [True, False]
        assert reactions.add("like", [Reaction(1, 5, 12), Reaction(2, 5, 13)]) == [False, True]
        assert reactions.of_post("like", 5, 0, 9) == [Reaction(1, 5, 10), Reaction(2, 5, 13)]

    def test_kinds_are_apart(self, reactions: Reactions) -> None:
        reactions.add("save", [Reaction(1, 5, 10)])
        assert reactions.among("like", 1, [5]) == set()
        assert reactions.remove("like", [(1, 5)]) == [False]
        assert reactions.count("save", [5, 6]) == {5: 1}

    def test_removing_answers_what_was_there(self, reactions: Reactions) -> None:
        reactions.add("like", [Reaction(1, 5, 10)])
        assert reactions.remove("like", [(1, 5), (1, 5), (2, 5)]) == [True, False, False]
        assert reactions.count("like", [5]) == {}

    def test_reactions_are_read_from_both_ends(self, reactions: Reactions) -> None:
        reactions.add(
            "like", [Reaction(user, post, 10 * post + user) for user in (1, 2, 3) for post in (5, 6)]
        )
        assert reactions.by_user("like", 2, 1) == [Reaction(2, 6, 62)]
        assert reactions.by_user("like", 2, 9) == [Reaction(2, 6, 62), Reaction(2, 5, 52)]
        assert [each.user_id for each in reactions.of_post("like", 5, 1, 1)] == [2]
        assert reactions.among("like", 1, [5, 7]) == {5}
        assert reactions.present("like", [(1, 5), (9, 5)]) == {(1, 5)}
        assert reactions.count("like", [5, 6, 7]) == {5: 3, 6: 3}

    def test_a_users_reactions_are_paged_by_time(self, reactions: Reactions) -> None:
        reactions.add("save", [Reaction(1, post, at) for post, at in ((5, 10), (6, 10), (7, 9))])
        assert [each.post_id for each in reactions.by_user("save", 1, 2)] == [6, 5]
        assert [each.post_id for each in reactions.by_user("save", 1, 9, (10, 6))] == [5, 7]
        assert reactions.by_user("save", 1, 9, (9, 7)) == []

    def test_purged_posts_have_no_reactions_of_any_kind(self, reactions: Reactions) -> None:
        for kind in get_args(ReactionKind):
            reactions.add(kind, [Reaction(1, 5, 10), Reaction(1, 6, 10)])
        reactions.purge([5, 99])
        for kind in get_args(ReactionKind):
            assert [each.post_id for each in reactions.by_user(kind, 1, 9)] == [6]
            assert reactions.of_post(kind, 5, 0, 9) == []


class TestSqliteReactions(ReactionsContract):
    adapter = SqliteReactions


class TestCassandraReactions(ReactionsContract):
    @pytest.fixture
    def reactions(self, cassandra: CassandraSession) -> Reactions:
        return CassandraReactions(cassandra)
