"""Reactions and comments in SQLite answer what plain sets answer, from either end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.comments import SqliteComments
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.model.posts import Comment
from feed_core.ports.reactions import Reaction, ReactionKind

BIG = (1 << 63) - 1
IDS, TIMES = (1, 2, 3, BIG), (0, 1, 2, 9)
ids, times, limits = st.sampled_from(IDS), st.sampled_from(TIMES), st.integers(0, 5)
KINDS: tuple[ReactionKind, ...] = get_args(ReactionKind)
kinds = st.sampled_from(KINDS[:2])
turns = st.tuples(kinds, st.booleans(), st.lists(st.builds(Reaction, ids, ids, times), max_size=3))
comments = st.builds(
    Comment, comment_id=ids, post_id=st.sampled_from((7, 8)), user_id=ids, text=st.just("été"),
    parent_id=st.sampled_from((0, 1, 2)), created_at=times, deleted=st.booleans(),
)  # fmt: skip
settled = settings(max_examples=30)
Held = dict[tuple[ReactionKind, int, int], int]


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "acts.sqlite")) as database:
        yield database


def played(store: SqliteReactions, history: list[tuple[ReactionKind, bool, list[Reaction]]]) -> Held:
    """Adds and removes, whose every answer is checked; returns the time of each reaction that is left."""
    store.purge(IDS)
    held: Held = {}
    for kind, on, some in history:
        expected = []
        for user, post, at in some:
            key = (kind, user, post)
            expected.append((key in held) is not on)
            if on:
                held.setdefault(key, at)
            else:
                held.pop(key, None)
        pairs = [(user, post) for user, post, _ in some]
        assert (store.add(kind, some) if on else store.remove(kind, pairs)) == expected
    return held


@settled
@given(st.lists(turns, max_size=6), st.tuples(times, ids), ids, limits)
def test_reactions_are_what_was_added_first_and_not_removed(
    database: Database, history: list[tuple[ReactionKind, bool, list[Reaction]]], before: tuple[int, int],
    after_user: int, limit: int,
) -> None:  # fmt: skip
    store = SqliteReactions(database)
    held = played(store, history)
    everything = {(user, post) for user in IDS for post in IDS}
    for kind in KINDS:
        own = [Reaction(user, post, at) for (of, user, post), at in held.items() if of == kind]
        assert store.present(kind, everything) == {(one.user_id, one.post_id) for one in own}
        assert store.count(kind, IDS) == Counter(one.post_id for one in own)
        for id_ in IDS:
            mine = sorted((one for one in own if one.user_id == id_), key=lambda r: (-r.at, -r.post_id))
            assert store.among(kind, id_, IDS) == {one.post_id for one in mine}
            assert store.by_user(kind, id_, limit) == mine[:limit]
            older = [one for one in mine if (one.at, one.post_id) < before]
            assert store.by_user(kind, id_, limit, before) == older[:limit]
            theirs = sorted(one for one in own if one.post_id == id_ and one.user_id > after_user)
            assert store.of_post(kind, id_, after_user, limit) == theirs[:limit]


@settled
@given(st.lists(turns, max_size=6), st.sets(ids))
def test_a_purge_takes_every_kind_of_these_posts_and_nothing_else(
    database: Database, history: list[tuple[ReactionKind, bool, list[Reaction]]], purged: set[int]
) -> None:
    store = SqliteReactions(database)
    left = {key for key in played(store, history) if key[2] not in purged}
    store.purge(purged)
    everything = {(user, post) for user in IDS for post in IDS}
    assert {(kind, *pair) for kind in KINDS for pair in store.present(kind, everything)} == left


@settled
@given(st.lists(st.lists(comments, max_size=3), max_size=4), st.sets(ids, max_size=1), ids, limits)
def test_threads_are_those_of_the_comments_as_they_were_left(
    database: Database, batches: list[list[Comment]], purged: set[int], before: int, limit: int
) -> None:
    store = SqliteComments(database)
    store.purge(IDS)
    for batch in batches:
        store.put(batch)
    store.purge(purged)
    left = {each.comment_id: each for batch in batches for each in batch if each.comment_id not in purged}
    kept = [each for _, each in sorted(left.items(), reverse=True) if not each.deleted]
    below = [each for each in kept if each.comment_id < before]
    assert store.get_many(IDS) == left
    assert store.count((7, 8)) == Counter(each.post_id for each in kept)
    for user in IDS:
        assert store.of_user(user, before, limit) == [c for c in below if c.user_id == user][:limit]
    for post in (7, 8):
        assert store.of_post(post, before, limit) == [c for c in below if c.post_id == post][:limit]
        every = [id_ for id_, each in left.items() if each.post_id == post]
        assert sorted(store.all_of_post(post, 9)) == sorted(every)
        assert len(store.all_of_post(post, limit)) == min(limit, len(every))
        for parent in (0, 1, 2):
            answers = [c for c in below if (c.post_id, c.parent_id) == (post, parent)]
            assert store.of_parent(post, parent, before, limit) == answers[:limit]
