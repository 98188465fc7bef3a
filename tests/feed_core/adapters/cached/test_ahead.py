"""A home timeline takes two trips to the shared cache or one, and what it says is what the stores say."""

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
from feed_core.ports.graph import Edge, EdgeKind
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
        posts.get_many(POSTS),
        posts.counts_many(POSTS),
        accounts.get_many([1]),
        ports["reactions"].among("like", READER, POSTS),
    ]


def at_home(one: Composition, ask: Callable[[], Any] | None = None) -> Any:
    """The reader's timeline, or what ``ask`` answers in its place."""
    return one.home(READER, "page", ask or (lambda: read(one.ports)))


def test_a_timeline_that_is_cached_takes_two_trips_and_one_when_nothing_changed(
    composed: Composition, plain: dict[str, Any], cache: Counting
) -> None:
    expected = read(plain)
    for _ in range(2):
        assert at_home(composed) == expected
    elsewhere = cached(plain, cache, SystemClock())
    for one, trips in ((elsewhere, 2), (composed, 1), (composed, 1)):
        cache.trips = 0
        assert at_home(one) == expected
        assert cache.trips == trips
    elsewhere.close()


def test_an_answer_is_remembered_until_something_in_it_changes(
    composed: Composition, plain: dict[str, Any]
) -> None:
    made: list[int] = []

    def ask() -> list[Any]:
        made.append(1)
        return read(composed.ports)

    def times(count: int) -> int:
        made.clear()
        for _ in range(count):
            assert at_home(composed, ask) == read(plain)
        return len(made)

    times(3)
    assert times(3) == 0
    composed.ports["posts"].put([post(20, 1)])  # in nobody's feed
    assert times(1) == 0
    composed.ports["posts"].put([post(2, 5)])
    assert 1 <= times(3) <= 2  # the first reads what was forgotten from the store
    assert times(2) == 0


def test_an_answer_that_took_more_than_the_cache_is_not_remembered(
    composed: Composition, plain: dict[str, Any]
) -> None:
    asks: list[Callable[[], Any]] = [
        lambda: composed.ports["comments"].get_many([1]),
        lambda: composed.ports["timelines"].of_posts({(READER, 1)}),
        lambda: composed.ports["accounts"].stats_many([2]),
    ]
    for ask in asks:
        made: list[Any] = []
        for _ in range(4):
            at_home(composed, lambda ask=ask, made=made: made.append(ask()))
        assert len(made) == 4


def test_another_question_has_another_answer(composed: Composition) -> None:
    composed.ports["timelines"].pulled()
    for question in ("first", "second"):
        for _ in range(2):
            assert composed.home(READER, question, lambda q=question: q) == question
        assert composed.home(READER, question, lambda: "changed") == question


def test_what_a_first_read_had_from_the_stores_is_leased_and_put_there_together(
    composed: Composition, plain: dict[str, Any], cache: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    for name in ("lease", "fill"):
        monkeypatch.setattr(cache, name, noted(name, getattr(cache, name), calls))
    assert at_home(composed) == read(plain)
    assert calls == [*["lease"] * 4, "fill"]  # the reader's own, posts, authors, counts
    assert at_home(composed) == at_home(composed) == read(plain)
    assert len(calls) == 5


def noted(name: str, call: Callable[[Any], Any], calls: list[str]) -> Callable[[Any], Any]:
    """``call``, whose name goes to ``calls`` when it is about anything."""

    def noting(*some: Any) -> Any:
        calls.extend([name] if any(some) else [])
        return call(*some)

    return noting


def test_what_was_written_during_a_read_is_not_covered_by_what_it_had_loaded_before(
    composed: Composition, plain: dict[str, Any], cache: Counting
) -> None:
    there = cached(plain, cache, SystemClock())

    def overtaken() -> None:
        composed.ports["graph"].target_ids("block", [READER])
        composed.ports["posts"].get_many([2])
        there.ports["graph"].add("block", [Edge(READER, 7, 2)])
        there.ports["posts"].put([post(2, 9)])
        composed.ports["graph"].remove("mute", [(READER, 3)])

    at_home(composed, overtaken)
    there.close()
    assert at_home(composed) == read(plain)
    assert composed.home(READER, "next", lambda: read(composed.ports)) == read(plain)


def write(random: Random, ports: dict[str, Any], turn: int) -> None:
    """One write, of those that a timeline can tell."""
    (one, two), other = random.sample(POSTS, 2), random.choice([id_ for id_ in PEOPLE if id_ != READER])
    kind: EdgeKind = random.choice(["follow", "block", "mute"])
    writes: list[Callable[[], Any]] = [
        lambda: ports["graph"].add(kind, [Edge(READER, other, turn)]),
        lambda: ports["graph"].remove(kind, [(READER, other)]),
        lambda: ports["graph"].add("block", [Edge(other, READER, turn)]),
        lambda: ports["graph"].remove("block", [(other, READER)]),
        lambda: ports["accounts"].put([user(other, turn)]),
        lambda: ports["posts"].put([post(one, turn)]),
        lambda: ports["posts"].add_to_counts({one: PostCounts(likes=1)}),
        lambda: ports["timelines"].deliver([Delivery(READER, entry(turn, one))]),
        lambda: ports["timelines"].withdraw({(READER, other)}),
        lambda: ports["timelines"].withdraw_posts([one]),
        lambda: ports["timelines"].set_pulled([other], pulled=bool(turn % 2)),
        lambda: ports["reactions"].add("like", [Reaction(READER, one, turn)]),
        lambda: ports["reactions"].remove("like", [(READER, two)]),
        lambda: ports["settings"].put({READER: ROW if turn % 2 else StoredSettings()}),
    ]
    random.choice(writes)()


@pytest.mark.parametrize("seed", range(4))
def test_whoever_writes_a_timeline_is_what_the_stores_say(plain: dict[str, Any], seed: int) -> None:
    """Over random histories of two processes, each of which remembers its answers."""
    random, cache = Random(seed), MemoryCache(SystemClock())
    processes = [cached(plain, cache, SystemClock()) for _ in range(2)]
    for turn in range(200):
        if turn % 3 == 0:
            write(random, random.choice(processes).ports, turn)
        for one in processes:
            assert at_home(one) == read(plain)
    for one in processes:
        one.close()


def test_without_the_cache_the_stores_answer(
    composed: Composition, plain: dict[str, Any], cache: Counting
) -> None:
    at_home(composed)
    at_home(composed)
    cache.away = True
    plain["posts"].add_to_counts({2: PostCounts(likes=1)})
    for _ in range(2):
        assert at_home(composed) == read(plain)


def test_one_read_goes_by_one_moment_and_the_next_sees_what_was_written(
    composed: Composition, plain: dict[str, Any]
) -> None:
    def blocked() -> Any:
        return composed.ports["graph"].target_ids("block", [READER])

    def twice() -> None:
        before = blocked()
        cached_elsewhere = cached(plain, composed.home._ahead._cache, SystemClock())
        cached_elsewhere.ports["graph"].add("block", [Edge(READER, 7, 2)])
        cached_elsewhere.close()
        assert blocked() == before == {READER: [5]}

    blocked()
    at_home(composed, twice)
    assert composed.home(READER, "next", blocked) == {READER: [5, 7]}


def test_ones_own_write_is_seen_within_the_same_read(composed: Composition) -> None:
    def write() -> None:
        composed.ports["graph"].add("mute", [Edge(READER, 3, 2)])
        assert composed.ports["graph"].target_ids("mute", [READER]) == {READER: [3]}
        composed.ports["reactions"].add("like", [Reaction(READER, 4, 6)])
        assert composed.ports["reactions"].among("like", READER, POSTS) == {2, 4}

    at_home(composed, write)


def test_outside_of_a_read_every_key_is_asked_for(cache: Counting) -> None:
    ahead = Ahead(cache)
    (stamp,) = ahead.lease(["a"])
    ahead.fetch(["a"], ["b"])
    assert ahead.values(["a"]) == [None]
    ahead.fill({"a": Fill(b"1", stamp, 1_000)}, {})
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

    def overtaken() -> None:
        there.ports["posts"].put([post(1, 3)])
        assert here.ports["posts"].shown_many([1]) == {1: post(1, 2)}

    at_home(here, overtaken)
    assert here.ports["posts"].shown_many([1]) == {1: post(1, 3)}
    here.close()
    there.close()
