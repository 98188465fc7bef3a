"""Edges that a repair has made whole are read anew, also when nobody can tell what it has done."""

from collections.abc import Collection
from typing import Any

import pytest

from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.model.clock import SystemClock
from feed_core.model.errors import Unavailable
from feed_core.ports.graph import Around, Edge, EdgeKind


class TwoSides:
    """A graph in which the way back of some edges is ``torn``; ``away`` fails once it has mended them."""

    def __init__(self, graph: SqliteGraph) -> None:
        self._graph = graph
        self.torn: set[tuple[EdgeKind, int]] = set()
        self.away = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        found = self._graph.around(user_ids, out, back)
        for kind, target in self.torn:
            found.back.get(kind, {}).pop(target, None)
        return found

    def mend(self, source_ids: Collection[int]) -> int:
        off, self.torn = len(self.torn), set()
        if self.away:
            raise Unavailable("The store is away.")
        return off


@pytest.fixture
def store(database: Database) -> TwoSides:
    plain = SqliteGraph(database)
    plain.add("follow", [Edge(1, 2, 5), Edge(1, 3, 5)])
    plain.add("block", [Edge(1, 2, 5)])
    store = TwoSides(plain)
    store.torn = {("follow", 2), ("block", 2)}
    return store


@pytest.mark.parametrize("away", [False, True])
def test_what_was_mended_is_seen_by_the_next_read(store: TwoSides, away: bool) -> None:
    graph = CachedGraph(store, MemoryCache(SystemClock()))  # type: ignore[arg-type]
    assert graph.source_ids("follow", [2, 3]) == {3: [1]}
    assert graph.source_ids("block", [2]) == {}
    store.away = away
    if away:
        with pytest.raises(Unavailable):
            graph.mend([1])
    else:
        assert graph.mend([1]) == 2
    assert graph.source_ids("follow", [2, 3]) == {2: [1], 3: [1]}
    assert graph.source_ids("block", [2]) == {2: [1]}


def test_where_nothing_was_off_what_is_cached_stays(store: TwoSides, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = MemoryCache(SystemClock())
    graph, store.torn = CachedGraph(store, cache), set()  # type: ignore[arg-type]
    before = graph.target_ids("follow", [1])
    monkeypatch.setattr(cache, "forget", lambda keys: pytest.fail(f"{keys} were forgotten"))
    assert graph.mend([1]) == 0
    assert graph.target_ids("follow", [1]) == before == {1: [2, 3]}
