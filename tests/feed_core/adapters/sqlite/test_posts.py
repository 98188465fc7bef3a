"""Posts and entries in SQLite answer what plain dictionaries answer, whatever was written in which order."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.model.posts import Post, PostCounts, PostKey
from feed_core.model.timelines import Entry
from feed_core.services.timeline_walk import place_of

BIG = (1 << 63) - 1
IDS, TIMES, PLACES = (1, 2, 3, BIG), (0, 1, 2, 9), ("Nice", "nice", "Þórshöfn")
ids, times = st.sampled_from(IDS), st.sampled_from(TIMES)
posts = st.builds(
    Post, post_id=ids, author_id=ids, caption=st.just("c"), hashtags=st.just(()), mentions=st.just(()),
    place=st.sampled_from(("", *PLACES)), media=st.just(()), created_at=times, updated_at=times,
    deleted=st.booleans(),
)  # fmt: skip
entries = st.builds(Entry, delivered_at=times, post_id=ids, via_id=ids, author_id=st.just(9))
bounds = st.tuples(times, ids)
limits = st.integers(0, 5)
pairs = st.sets(st.tuples(ids, ids), max_size=4)
settled = settings(max_examples=30)


@pytest.fixture(scope="module")
def store() -> Iterator[SqlitePosts]:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "posts.sqlite")) as database:
        yield SqlitePosts(database)


def ids_of(found: Sequence[Post]) -> list[int]:
    return [post.post_id for post in found]


def newest_first(post: Post) -> tuple[int, int]:
    return (-post.created_at, -post.post_id)


@settled
@given(st.lists(st.lists(posts, max_size=4), max_size=4), st.sets(ids, max_size=1), bounds, limits)
def test_lists_are_those_of_the_posts_as_they_were_left(
    store: SqlitePosts, batches: list[list[Post]], purged: set[int], before: tuple[int, int], limit: int
) -> None:
    store.purge(IDS)
    for batch in batches:
        store.put(batch)
    store.purge(purged)
    left = {post.post_id: post for batch in batches for post in batch if post.post_id not in purged}
    kept = sorted((post for post in left.values() if not post.deleted), key=newest_first)
    below = [post for post in kept if (post.created_at, post.post_id) < before]
    assert store.get_many(IDS) == left
    assert store.authors_of(IDS) == {post.post_id: post.author_id for post in kept}
    assert store.deleted_among(IDS) == left.keys() - {post.post_id for post in kept}
    for author in IDS:
        assert store.by_author(author, before, limit) == [p for p in below if p.author_id == author][:limit]
    for place in PLACES:
        assert store.by_place(place, before, limit) == [p for p in below if p.place == place][:limit]
    late = [PostKey(p.post_id, p.author_id, p.created_at) for p in kept if p.created_at >= before[0]]
    assert store.newest(before[0], limit) == late[:limit]
    assert ids_of(store.page(before[1], limit)) == sorted(id_ for id_ in left if id_ > before[1])[:limit]
    authors = [post.author_id for post in kept]
    assert store.count_by(IDS) == {author: authors.count(author) for author in set(authors)}


@settled
@given(st.lists(posts, max_size=8), st.integers(0, 10), limits)
def test_deleted_posts_come_by_the_time_of_their_deletion(
    store: SqlitePosts, written: list[Post], before: int, limit: int
) -> None:
    store.purge(IDS)
    store.put(written)
    left = {post.post_id: post for post in written}
    gone = sorted((post for post in left.values() if post.deleted), key=attrgetter("updated_at", "post_id"))
    assert store.deleted_before(before, limit) == [p for p in gone if p.updated_at < before][:limit]
    for author in IDS:
        own = [post for post in reversed(gone) if post.author_id == author]
        assert store.deleted_by(author, limit) == own[:limit]


@settled
@given(st.lists(st.dictionaries(ids, st.tuples(*[st.integers(-2, 3)] * 4), max_size=3), max_size=4))
def test_counts_are_the_sum_of_what_was_added(
    store: SqlitePosts, changes: list[dict[int, tuple[int, ...]]]
) -> None:
    store.purge(IDS)
    fields = ("likes", "comments", "shares", "saves")
    for change in changes:
        store.add_to_counts(
            {id_: PostCounts(**dict(zip(fields, by, strict=True))) for id_, by in change.items()}
        )
    touched = {id_ for change in changes for id_ in change}
    sums: dict[int, Any] = {
        id_: [sum(change.get(id_, (0, 0, 0, 0))[at] for change in changes) for at in range(4)]
        for id_ in touched
    }
    assert store.counts_many(IDS) == {
        id_: PostCounts(**dict(zip(fields, by, strict=True))) for id_, by in sums.items()
    }


def played(store: SqlitePosts, written: list[list[Entry]], withdrawn: set[tuple[int, int]]) -> list[Entry]:
    """Puts and withdraws; answers what should be left, newest first."""
    store.remove_entries(IDS)
    first: dict[tuple[int, int], Entry] = {}
    for batch in written:
        store.put_entries(batch)
        for entry in batch:
            first.setdefault((entry.via_id, entry.post_id), entry)
    store.withdraw_entries(withdrawn)
    left = [entry for pair, entry in first.items() if pair not in withdrawn]
    return sorted(left, key=place_of, reverse=True)


@settled
@given(st.lists(st.lists(entries, max_size=4), max_size=4), pairs, st.tuples(times, ids, ids), times, limits)
def test_each_persons_entries_are_newest_first_between_the_bounds(
    store: SqlitePosts, written: list[list[Entry]], withdrawn: set[tuple[int, int]],
    before: tuple[int, int, int], since: int, limit: int,
) -> None:  # fmt: skip
    left = played(store, written, withdrawn)
    recent = {via: [e for e in left if e.via_id == via and e.delivered_at >= since] for via in IDS}
    assert store.entries_below([(via, before, limit) for via in IDS], since) == [
        [entry for entry in recent[via] if place_of(entry) < before][:limit] for via in IDS
    ]
    assert store.entries_by(IDS, since, limit) == {
        via: found[:limit] for via, found in recent.items() if found[:limit]
    }


@settled
@given(st.lists(st.lists(entries, max_size=4), max_size=4), pairs, pairs, st.sets(ids))
def test_entries_are_found_by_pair_and_by_post(
    store: SqlitePosts, written: list[list[Entry]], withdrawn: set[tuple[int, int]],
    asked: set[tuple[int, int]], of: set[int],
) -> None:  # fmt: skip
    left = played(store, written, withdrawn)
    at = [entry for entry in left if (entry.via_id, entry.post_id) in asked]
    assert sorted(store.entries_at(asked), key=place_of, reverse=True) == at
    about = [entry for entry in left if entry.post_id in of]
    assert sorted(store.entries_of(of), key=place_of, reverse=True) == about
