"""Who follows, blocks and mutes whom, as sets of ids in the shared cache; the rest is the store's own."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

from feed_core.adapters.cached.keys import BLOCKED, BLOCKED_BY, FOLLOWERS, FOLLOWING, MUTED
from feed_core.adapters.cached.sets import CachedSets
from feed_core.ports.cache import Cache
from feed_core.ports.graph import Edge, EdgeKind, Graph


class CachedGraph:
    """Implements ``ports.graph.Graph`` over ``graph``.

    Whether one pair follows is always asked of the store: it is what a write is decided by.
    """

    def __init__(self, graph: Graph, cache: Cache) -> None:
        self._graph = graph
        out: dict[EdgeKind, Any] = {"follow": FOLLOWING, "block": BLOCKED, "mute": MUTED}
        back: dict[EdgeKind, Any] = {"follow": FOLLOWERS, "block": BLOCKED_BY}
        self._out = {
            kind: CachedSets(key, cache, partial(graph.target_ids, kind)) for kind, key in out.items()
        }
        self._back = {
            kind: CachedSets(key, cache, partial(graph.source_ids, kind)) for kind, key in back.items()
        }

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        cached = self._out.get(kind)
        return cached.get_many(source_ids) if cached else self._graph.target_ids(kind, source_ids)

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        cached = self._back.get(kind)
        return cached.get_many(target_ids) if cached else self._graph.source_ids(kind, target_ids)

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        try:
            return self._graph.add(kind, edges)
        finally:
            self._forget(kind, [(edge.source_id, edge.target_id) for edge in edges])

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        try:
            return self._graph.remove(kind, pairs)
        finally:
            self._forget(kind, pairs)

    def mend(self, source_ids: Collection[int]) -> int:
        """As the store's own; what it has changed is forgotten."""
        pairs = self._pairs(source_ids)
        off: int = -1
        try:
            off = self._graph.mend(source_ids)  # type: ignore[attr-defined]  # stores of two sides have it
        finally:
            if off:
                for kind, after in self._pairs(source_ids).items():
                    self._forget(kind, pairs[kind] | after)
        return off

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def _pairs(self, source_ids: Collection[int]) -> dict[EdgeKind, set[tuple[int, int]]]:
        return {
            kind: {
                (source, target)
                for source, targets in self._graph.target_ids(kind, source_ids).items()
                for target in targets
            }
            for kind in self._out
        }

    def _forget(self, kind: EdgeKind, pairs: Iterable[tuple[int, int]]) -> None:
        both = list(pairs)
        if kind in self._out:
            self._out[kind].forget(source for source, _ in both)
        if kind in self._back:
            self._back[kind].forget(target for _, target in both)
