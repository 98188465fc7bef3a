"""The newest entries come from a page of the cache where it reaches, and from the store where it does not."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.cached import newest
from feed_core.adapters.cached.keys import FEED, WITHDRAWN
from feed_core.adapters.cached.newest import Newest, Request, mark_withdrawn, rows_of
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.model.clock import SetClock
from feed_core.model.errors import Unavailable
from feed_core.model.timelines import NEWEST, Entry, Position


def entry(at: int, post_id: int, via_id: int = 1) -> Entry:
    return Entry(delivered_at=at, post_id=post_id, via_id=via_id, author_id=9)


class Lists:
    """A store of lists of entries; counts how often it is asked."""

    def __init__(self) -> None:
        self.entries: dict[int, set[Entry]] = {}
        self.asked = 0

    def read(self, requests: Sequence[Request], since: int) -> list[list[Entry]]:
        self.asked += 1
        return [self._one(*request, since) for request in requests]

    def _one(self, id_: int, before: Position, limit: int, since: int) -> list[Entry]:
        found = sorted(self.entries.get(id_, ()), reverse=True)
        place = [(each.delivered_at, each.post_id, each.via_id) for each in found]
        return [e for e, at in zip(found, place, strict=True) if at < before and at[0] >= since][:limit]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of four."""
    monkeypatch.setattr(newest, "AT_ONCE", 4)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_000)


@pytest.fixture
def cache(clock: SetClock) -> MemoryCache:
    return MemoryCache(clock)


@pytest.fixture
def lists() -> Lists:
    return Lists()


@pytest.fixture
def read(lists: Lists, cache: MemoryCache, clock: SetClock) -> Newest:
    return Newest(FEED.of, FEED, cache, clock, lists.read)


entries = st.builds(entry, st.integers(0, 6), st.integers(1, 3), st.integers(1, 2))
stored = st.dictionaries(st.integers(1, 2), st.sets(entries, max_size=9), max_size=2)
places = st.just(NEWEST) | st.tuples(st.integers(0, 7), st.integers(1, 3), st.integers(1, 2))
requests = st.lists(st.tuples(st.integers(1, 3), places, st.integers(0, 7)), min_size=1, max_size=3)


@settings(max_examples=40)
@given(stored, st.lists(st.tuples(requests, st.integers(0, 7)), min_size=1, max_size=5))
def test_every_request_is_answered_as_the_store_would(
    held: dict[int, set[Entry]], asked: list[tuple[list[Request], int]]
) -> None:
    lists, clock = Lists(), SetClock(0)
    lists.entries = held
    one = Newest(FEED.of, FEED, MemoryCache(clock), clock, lists.read)
    for some, since in asked:
        assert one.read(some, since) == lists.read(some, since)


def test_a_list_shorter_than_a_page_is_read_from_the_store_once_however_deep_one_reads(
    read: Newest, lists: Lists
) -> None:
    lists.entries[1] = {entry(at, at) for at in (1, 2, 3)}
    for _ in range(3):
        assert [e.post_id for e in read.read([(1, (3, 3, 1), 9)], 0)[0]] == [2, 1]
    assert lists.asked == 1


def test_a_page_that_is_full_answers_what_it_reaches_and_no_more(read: Newest, lists: Lists) -> None:
    lists.entries[1] = {entry(at, at) for at in range(1, 7)}
    read.read([(1, NEWEST, 4)], 0)
    assert lists.asked == 1
    read.read([(1, NEWEST, 4)], 0)
    read.read([(1, NEWEST, 99)], 4)
    read.read([(1, (5, 5, 1), 2)], 0)
    assert lists.asked == 1
    assert [e.post_id for e in read.read([(1, (5, 5, 1), 3)], 0)[0]] == [4, 3, 2]
    assert lists.asked == 2


def test_a_page_that_was_read_for_a_shorter_past_does_not_hide_a_longer_one(
    read: Newest, lists: Lists
) -> None:
    lists.entries[1] = {entry(1, 1), entry(9, 2)}
    assert len(read.read([(1, NEWEST, 9)], 5)[0]) == 1
    assert len(read.read([(1, NEWEST, 9)], 0)[0]) == 2


def test_a_withdrawn_post_is_on_no_page_of_readers_that_nobody_knows(
    read: Newest, lists: Lists, cache: MemoryCache
) -> None:
    lists.entries = {reader: {entry(1, 1), entry(2, 2)} for reader in (1, 2)}
    read.read([(1, NEWEST, 9), (2, NEWEST, 9)], 0)
    for some in lists.entries.values():
        some.discard(entry(2, 2))
    mark_withdrawn(cache, [2])
    assert read.read([(1, NEWEST, 9), (2, NEWEST, 9)], 0) == [[entry(1, 1)]] * 2


def test_a_mark_lives_longer_than_any_page_with_its_post(
    read: Newest, lists: Lists, cache: MemoryCache, clock: SetClock
) -> None:
    lists.entries[1] = {entry(1, 1)}
    read.read([(1, NEWEST, 9)], 0)
    mark_withdrawn(cache, [1])
    lists.entries[1] = set()
    for _ in range(2):
        clock.set(clock.now() + FEED.ttl_ms - 1)
        assert cache.values([WITHDRAWN.of(1)]) == [b"1"]
        assert read.read([(1, NEWEST, 9)], 0) == [[]]


def test_a_page_is_gone_when_its_time_is_over_and_when_it_is_forgotten(
    read: Newest, lists: Lists, clock: SetClock
) -> None:
    for act in (lambda: clock.set(clock.now() + FEED.ttl_ms), lambda: read.forget([1])):
        read.read([(1, NEWEST, 9)], 0)
        lists.entries.setdefault(1, set()).add(entry(clock.now(), len(lists.entries.get(1, ())) + 1))
        act()
        assert read.read([(1, NEWEST, 9)], 0) == [sorted(lists.entries[1], reverse=True)]


@pytest.mark.parametrize("refused", ["values", "lease", "fill"])
def test_whatever_of_the_cache_is_away_the_store_answers(
    read: Newest, lists: Lists, cache: MemoryCache, refused: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("The cache is away.")

    lists.entries[1] = {entry(1, 1)}
    monkeypatch.setattr(cache, refused, away)
    assert read.read([(1, NEWEST, 9)], 0) == [[entry(1, 1)]]


def test_what_another_release_wrote_holds_no_rows(cache: MemoryCache) -> None:
    assert rows_of(None, 0) == rows_of(b"", 0) == rows_of(b"\x63rubbish of another release", 0) == []
