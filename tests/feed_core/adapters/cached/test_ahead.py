"""A home timeline takes two trips to the shared cache, and what it reads is what the stores say."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import pytest

from feed_core.adapters.cached import reactions as cached_reactions
from feed_core.adapters.cached.ahead import Ahead
from feed_core.adapters.cached.composing import Composition, cached
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.sqlite.database import Database
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.model.posts import PostCounts
from feed_core.model.settings import StoredSettings
from feed_core.model.timelines import NEWEST
from feed_core.ports.cache import Fill
from feed_core.ports.graph import Edge
from feed_core.ports.reactions import Reaction
from feed_core.ports.timelines import Delivery
from tests.contract.test_settings_of_users import ROW
from tests.feed_core.adapters.cached.conftest import plain_ports
from tests.feed_core.adapters.cached.test_equal import entry, post, user

READER, PEOPLE, POSTS = 1, range(1, 9), range(1, 7)


class Counting(MemoryCache):
    """Counts the trips that reads take; ``away`` refuses them."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.trips, self.away = 0, False

    def look(self, values: Sequence[str], sets: Sequence[str]) -> Any:
        return self._trip(lambda: super(Counting, self).look(values, sets))

    def values(self, keys: Sequence[str]) -> Any:
        return self._trip(lambda: super(Counting, self).values(keys))

    def sets(self, keys: Sequence[str]) -> Any:
        return self._trip(lambda: super(Counting, self).sets(keys))

    def _trip(self, ask: Callable[[], Any]) -> Any:
        self.trips += 1
        if self.away:
            raise Unavailable("The cache is away.")
        return ask()


@pytest.fixture
def cache() -> Counting:
    return Counting()


@pytest.fixture
def plain(database: Database) -> dict[str, Any]:
    """A reader with a feed of six posts by people whom they follow."""
    ports = plain_ports(database)
    ports["accounts"].add([user(id_, 1) for id_ in PEOPLE])
    ports["graph"].add("follow", [Edge(READER, id_, 1) for id_ in (2, 3, 4)])
    ports["graph"].add("block", [Edge(READER, 5, 1), Edge(6, READER, 1)])
    ports["posts"].put([post(id_, 1) for id_ in POSTS])
    ports["posts"].add_to_counts({2: PostCounts(likes=3)})
    ports["timelines"].deliver([Delivery(READER, entry(id_, id_)) for id_ in POSTS])
    ports["reactions"].add("like", [Reaction(READER, 2, 5), Reaction(2, 3, 5)])
    return ports


@pytest.fixture
def composed(plain: dict[str, Any], cache: Counting) -> Iterator[Composition]:
    one = cached(plain, cache, SystemClock())
    yield one
    one.close()


def read(ports: dict[str, Any]) -> list[Any]:
    """What a timeline asks for."""
    graph, posts, accounts = ports["graph"], ports["posts"], ports["accounts"]
    return [
        accounts.existing([READER]),
        graph.target_ids("follow", [READER]),
        accounts.closed_among([2, 3, 4]),
        graph.target_ids("block", [READER]),
        graph.target_ids("mute", [READER]),
        graph.source_ids("block", [READER]),
        ports["timelines"].pulled(),
        ports["settings"].get_many([READER]),
        ports["timelines"].read([(READER, NEWEST, 33)], 0),
        posts.deleted_among(POSTS),
        accounts.closed_among([1]),
        posts.shown_many(POSTS),
        posts.counts_many(POSTS),
        accounts.get_many([1]),
        ports["reactions"].among("like", READER, POSTS),
    ]


def test_a_timeline_that_is_cached_takes_two_trips(
    composed: Composition, plain: dict[str, Any], cache: Counting
) -> None:
    expected = read(plain)
    for _ in range(2):
        with composed.home(READER):
            assert read(composed.ports) == expected
    cache.trips = 0
    with composed.home(READER):
        assert read(composed.ports) == expected
    assert cache.trips == 2


def test_without_the_cache_the_stores_answer(
    composed: Composition, plain: dict[str, Any], cache: Counting
) -> None:
    cache.away = True
    with composed.home(READER):
        assert read(composed.ports) == read(plain)


def test_one_read_goes_by_one_moment_and_the_next_sees_what_was_written(
    composed: Composition, plain: dict[str, Any]
) -> None:
    composed.ports["graph"].target_ids("block", [READER])
    with composed.home(READER):
        before = composed.ports["graph"].target_ids("block", [READER])
        cached_elsewhere = cached(plain, composed.home._ahead._cache, SystemClock())
        cached_elsewhere.ports["graph"].add("block", [Edge(READER, 7, 2)])
        cached_elsewhere.close()
        assert composed.ports["graph"].target_ids("block", [READER]) == before == {READER: [5]}
    with composed.home(READER):
        assert composed.ports["graph"].target_ids("block", [READER]) == {READER: [5, 7]}


def test_ones_own_write_is_seen_within_the_same_read(composed: Composition) -> None:
    with composed.home(READER):
        composed.ports["graph"].add("mute", [Edge(READER, 3, 2)])
        assert composed.ports["graph"].target_ids("mute", [READER]) == {READER: [3]}
        composed.ports["reactions"].add("like", [Reaction(READER, 4, 6)])
        assert composed.ports["reactions"].among("like", READER, POSTS) == {2, 4}


def test_outside_of_a_read_every_key_is_asked_for(cache: Counting) -> None:
    ahead = Ahead(cache)
    (stamp,) = ahead.lease(["a"])
    ahead.fetch(["a"], ["b"])
    assert ahead.values(["a"]) == [None]
    ahead.fill_values({"a": Fill(b"1", stamp, 1_000)})
    assert ahead.values(["a"]) == [b"1"]
    assert ahead.look(["a"], ["b"]) == ([b"1"], [None])
    assert cache.trips == 3


@pytest.mark.parametrize("seed", range(4))
def test_reactions_edges_counts_and_pulled_authors_are_the_stores_own(
    composed: Composition, plain: dict[str, Any], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over random histories; few likes are too many to be cached."""
    monkeypatch.setattr(cached_reactions, "MAX_LIKED", 4)
    random, ports = Random(seed), cached(plain, MemoryCache(SystemClock()), SystemClock()).ports
    for turn in range(150):
        one, other = random.sample(PEOPLE, 2)
        some = random.sample(POSTS, random.randint(1, 4))
        kind, edge = random.choice(["like", "save"]), random.choice(["follow", "block", "mute", "request"])
        act = random.randint(0, 7)
        if act == 0:
            ports["reactions"].add(kind, [Reaction(one, id_, turn) for id_ in some])
        elif act == 1:
            ports["reactions"].remove(kind, [(one, id_) for id_ in some])
        elif act == 2:
            ports["graph"].add(edge, [Edge(one, other, turn)])
        elif act == 3:
            ports["graph"].remove(edge, [(one, other)])
        elif act == 4:
            ports["posts"].add_to_counts({some[0]: PostCounts(likes=1)})
        elif act == 5:
            ports["settings"].put({one: ROW if turn % 2 else StoredSettings()})
        elif act == 6:
            ports["settings"].remove([one])
        else:
            ports["timelines"].set_pulled([other], pulled=random.random() < 0.5)
        for reader in (one, other):
            assert ports["reactions"].among(kind, reader, POSTS) == plain["reactions"].among(
                kind, reader, POSTS
            )
        assert ports["graph"].target_ids(edge, PEOPLE) == plain["graph"].target_ids(edge, PEOPLE)
        assert ports["graph"].source_ids(edge, PEOPLE) == plain["graph"].source_ids(edge, PEOPLE)
        assert ports["posts"].counts_many(POSTS) == plain["posts"].counts_many(POSTS)
        assert ports["timelines"].pulled() == plain["timelines"].pulled()
        assert ports["settings"].get_many(PEOPLE) == plain["settings"].get_many(PEOPLE)


def test_counts_are_forgotten_by_whoever_recounts(composed: Composition, plain: dict[str, Any]) -> None:
    class Recounting:
        """Implements ``PostCounters``: one more like, whatever is asked."""

        def recount_touched(self, counted: str, pairs: Any) -> None:
            plain["posts"].add_to_counts({owner: PostCounts(likes=1) for owner, _ in pairs})

        def recount_posts(self, post_ids: Any) -> dict[int, PostCounts]:
            plain["posts"].add_to_counts({id_: PostCounts(saves=1) for id_ in post_ids})
            return {}

        def recount_comments(self, comment_ids: Any) -> dict[int, PostCounts]:
            return self.recount_posts(comment_ids)

    counters, posts = composed.counted(Recounting()), composed.ports["posts"]
    for recount in (
        lambda: counters.recount_touched("like", [(2, 9)]),
        lambda: counters.recount_posts([2]),
        lambda: counters.recount_comments([2]),
    ):
        before = posts.counts_many([2, 3])
        recount()
        assert posts.counts_many([2, 3]) == plain["posts"].counts_many([2, 3]) != before


def test_what_another_process_wrote_meanwhile_does_not_stay_behind(database: Database) -> None:
    cache, plain = MemoryCache(SystemClock()), plain_ports(database)
    here, there = (cached(plain, cache, SystemClock()) for _ in range(2))
    there.ports["posts"].put([post(1, 2)])
    there.ports["timelines"].deliver([Delivery(READER, entry(5, 1))])
    for _ in range(2):
        here.ports["timelines"].read([(READER, NEWEST, 9)], 0)
        here.ports["posts"].get_many([1])
    with here.home(READER):
        there.ports["posts"].put([post(1, 3)])
        assert here.ports["posts"].shown_many([1]) == {1: post(1, 2)}
    assert here.ports["posts"].shown_many([1]) == {1: post(1, 3)}
    here.close()
    there.close()
