"""A write that fails when it is half done, and one that the caches cannot hear of, leave no old answer."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from feed_core.adapters.cached.composing import Composition, cached
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.sqlite.database import Database
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.model.posts import PostCounts
from feed_core.model.timelines import NEWEST
from feed_core.model.users import UserStats
from feed_core.ports.graph import Edge
from feed_core.ports.reactions import Reaction
from feed_core.ports.timelines import Delivery
from tests.contract.test_media import media
from tests.contract.test_settings_of_users import ROW
from tests.contract.test_stories import NOW, story, view
from tests.feed_core.adapters.cached.conftest import plain_ports
from tests.feed_core.adapters.cached.test_equal import entry, post, user

Ports = dict[str, Any]
IDS = (1, 2, 3)
ONCE: dict[str, Callable[[Ports], object]] = {
    "a new account": lambda p: p["accounts"].add([user(3, 1)]),
}
WRITES: dict[str, Callable[[Ports], object]] = {
    "a profile": lambda p: p["accounts"].put([user(1, 9)]),
    "a purged account": lambda p: p["accounts"].purge([1]),
    "follow counts": lambda p: p["accounts"].add_to_stats({1: UserStats(followers=1)}),
    "an edge": lambda p: p["graph"].add("block", [Edge(2, 1, 5)]),
    "an edge that goes": lambda p: p["graph"].remove("follow", [(1, 2)]),
    "media": lambda p: p["media"].put([media(1, post_id=9)]),
    "media that go": lambda p: p["media"].remove([1]),
    "a post": lambda p: p["posts"].put([post(1, 9)]),
    "a deleted post": lambda p: p["posts"].put([post(1, 9, deleted=True)]),
    "counts of a post": lambda p: p["posts"].add_to_counts({1: PostCounts(likes=1)}),
    "a first entry": lambda p: p["posts"].put_first_entries([entry(9, 6)]),
    "an entry": lambda p: p["posts"].put_entries([entry(9, 5)]),
    "a purged post": lambda p: p["posts"].purge([1]),
    "entries that go": lambda p: p["posts"].remove_entries([1]),
    "entries of one author": lambda p: p["posts"].withdraw_entries([(2, 1)]),
    "a like": lambda p: p["reactions"].add("like", [Reaction(1, 2, 5)]),
    "a like that goes": lambda p: p["reactions"].remove("like", [(1, 1)]),
    "settings": lambda p: p["settings"].put({2: ROW}),
    "settings that go": lambda p: p["settings"].remove([1]),
    "a story": lambda p: p["stories"].put([story(2, user_id=1)]),
    "a story that goes": lambda p: p["stories"].remove([(1, 1)]),
    "a view": lambda p: p["stories"].add_views([view(1, 3)]),
    "a delivery": lambda p: p["timelines"].deliver([Delivery(1, entry(9, 3))]),
    "a withdrawal": lambda p: p["timelines"].withdraw([(1, 2)]),
    "withdrawn posts": lambda p: p["timelines"].withdraw_posts([1]),
    "a feed that goes": lambda p: p["timelines"].forget([1]),
    "who is pulled": lambda p: p["timelines"].set_pulled([2], pulled=True),
}


def everything(ports: Ports) -> list[Any]:
    """All that is read through caches."""
    asked = [(id_, NEWEST, 9) for id_ in IDS]
    kinds = ("follow", "block", "mute")
    return [
        ports["accounts"].get_many(IDS), ports["accounts"].stats_many(IDS),
        ports["graph"].around(IDS, kinds, kinds), ports["media"].get_many(IDS),
        ports["posts"].get_many(IDS), ports["posts"].shown_many(IDS), ports["posts"].counts_many(IDS),
        ports["posts"].entries_below(asked, 0),
        [ports["reactions"].among("like", id_, IDS) for id_ in IDS], ports["settings"].get_many(IDS),
        ports["stories"].active(IDS, NOW), ports["stories"].count_views(IDS, NOW),
        [ports["stories"].viewed(id_, IDS, NOW) for id_ in IDS],
        ports["timelines"].read(asked, 0), ports["timelines"].pulled(),
    ]  # fmt: skip


class HalfDone:
    """A store that answers nothing once it has written, while ``failing``."""

    def __init__(self, store: Any) -> None:
        self.store, self.failing = store, False

    def __getattr__(self, name: str) -> Any:
        act = getattr(self.store, name)

        def ask(*arguments: Any, **named: Any) -> Any:
            answer = act(*arguments, **named)
            if self.failing:
                raise Unavailable("The store is away.")
            return answer

        return ask


class Cache(MemoryCache):
    """Does not hear what is to be forgotten, while ``deaf``."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.deaf = False

    def forget(self, keys: Any, tell: Any = None) -> None:
        self._hear()
        super().forget(keys, tell)

    def add_to_sets(self, members: Any, most: int) -> None:
        self._hear()
        super().add_to_sets(members, most)

    def mark(self, keys: Any, ttl_ms: int) -> None:
        self._hear()
        super().mark(keys, ttl_ms)

    def fill(self, values: Any, sets: Any) -> None:
        self._hear()
        super().fill(values, sets)

    def _hear(self) -> None:
        if self.deaf:
            raise Unavailable("The cache is away.")


@pytest.fixture
def plain(database: Database) -> Ports:
    ports = plain_ports(database)
    ports["accounts"].add([user(1, 1), user(2, 1)])
    ports["accounts"].add_to_stats({1: UserStats(followers=1)})
    ports["graph"].add("follow", [Edge(1, 2, 1)])
    ports["media"].put([media(1, post_id=1)])
    ports["posts"].put([post(1, 1), post(2, 1)])
    ports["posts"].put_entries([entry(1, 1), entry(2, 2)])
    ports["reactions"].add("like", [Reaction(1, 1, 1)])
    ports["settings"].put({1: ROW})
    ports["stories"].put([story(1, user_id=1)])
    ports["stories"].add_views([view(1, 2)])
    ports["timelines"].deliver([Delivery(1, entry(1, 1)), Delivery(1, entry(2, 2))])
    return ports


@pytest.fixture
def stores(plain: Ports) -> dict[str, HalfDone]:
    return {name: HalfDone(store) for name, store in plain.items()}


@pytest.fixture
def cache() -> Cache:
    return Cache()


@pytest.fixture
def composed(stores: dict[str, HalfDone], cache: Cache) -> Iterator[Composition]:
    one = cached(stores, cache, SystemClock())
    yield one
    one.close()


@pytest.mark.parametrize("what", [*WRITES, *ONCE])
def test_a_write_that_fails_when_it_is_done_is_seen_by_the_next_read(
    composed: Composition, plain: Ports, stores: dict[str, HalfDone], what: str
) -> None:
    before = everything(composed.ports)
    assert before == everything(plain)
    for store in stores.values():
        store.failing = True
    with pytest.raises(Unavailable):
        (WRITES | ONCE)[what](composed.ports)
    for store in stores.values():
        store.failing = False
    assert everything(composed.ports) == everything(plain) != before


@pytest.mark.parametrize("what", WRITES)
def test_a_write_that_the_cache_did_not_hear_of_fails_and_is_right_when_repeated(
    composed: Composition, plain: Ports, cache: Cache, what: str
) -> None:
    everything(composed.ports)
    cache.deaf = True
    with pytest.raises(Unavailable):
        WRITES[what](composed.ports)
    cache.deaf = False
    WRITES[what](composed.ports)
    assert everything(composed.ports) == everything(plain)


def test_posts_and_people_that_others_changed_are_forgotten_by_every_cache(
    composed: Composition, plain: Ports
) -> None:
    there = cached(plain, composed.home._ahead._cache, SystemClock())
    for each in (composed, there):
        everything(each.ports)
    plain["accounts"].put([user(1, 9)])
    plain["accounts"].add_to_stats({1: UserStats(posts=1)})
    plain["graph"].add("block", [Edge(1, 2, 5), Edge(2, 1, 5)])
    plain["graph"].add("mute", [Edge(1, 2, 5)])
    plain["graph"].remove("follow", [(1, 2)])
    plain["posts"].put([post(1, 9)])
    plain["posts"].add_to_counts({2: PostCounts(likes=1)})
    composed.invalidation.posts(IDS)
    composed.invalidation.people(IDS)
    for each in (composed, there):
        assert everything(each.ports) == everything(plain)
    there.close()


def test_an_answer_that_could_have_come_from_near_is_not_remembered_beyond_a_write(
    composed: Composition,
) -> None:
    posts = composed.ports["posts"]
    posts.shown_many([1])
    assert composed.home(1, "page", lambda: posts.shown_many([1])) == {1: post(1, 1)}
    posts.put([post(1, 9)])
    assert composed.home(1, "page", lambda: posts.shown_many([1])) == {1: post(1, 9)}


def test_nothing_changed_is_nothing_said(composed: Composition, cache: Cache) -> None:
    cache.deaf = True
    composed.invalidation.posts([])
    composed.invalidation.people(())
