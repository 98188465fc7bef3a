"""Who follows whom, as sets of ids in the shared cache; everything else is the store's own."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from feed_core.adapters.cached.keys import FOLLOWERS, FOLLOWING, MAX_SET, CacheKey
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill
from feed_core.ports.graph import Edge, EdgeKind, Graph


class CachedGraph:
    """Implements ``ports.graph.Graph`` over ``graph``. Sets beyond ``MAX_SET`` are not cached.

    Whether one pair follows is always asked of the store: it is what a write is decided by.
    """

    def __init__(self, graph: Graph, cache: Cache) -> None:
        self._graph, self._cache = graph, cache

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        if kind != "follow":
            return self._graph.target_ids(kind, source_ids)
        return self._ids(FOLLOWING, source_ids, lambda ids: self._graph.target_ids("follow", ids))

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        if kind != "follow":
            return self._graph.source_ids(kind, target_ids)
        return self._ids(FOLLOWERS, target_ids, lambda ids: self._graph.source_ids("follow", ids))

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
                self._forget("follow", pairs | self._pairs(source_ids))
        return off

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def _ids(
        self, key: CacheKey, ids: Collection[int], load: Callable[[list[int]], Mapping[int, list[int]]]
    ) -> dict[int, list[int]]:
        wanted = list(dict.fromkeys(ids))
        try:
            held = dict(zip(wanted, self._cache.sets([key.of(id_) for id_ in wanted]), strict=True))
            absent = [id_ for id_, members in held.items() if members is None]
            leases = self._cache.lease([key.of(id_) for id_ in absent])
        except Unavailable:
            return dict(load(wanted))
        loaded = load(absent) if absent else {}
        self._hold(
            {
                key.of(id_): Fill(loaded.get(id_, ()), stamp, key.ttl_ms)
                for id_, stamp in zip(absent, leases, strict=True)
                if len(loaded.get(id_, ())) <= MAX_SET
            }
        )
        return {id_: sorted(members) for id_, members in held.items() if members} | dict(loaded)

    def _pairs(self, source_ids: Collection[int]) -> set[tuple[int, int]]:
        found = self._graph.target_ids("follow", source_ids)
        return {(source, target) for source, targets in found.items() for target in targets}

    def _hold(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        try:
            self._cache.fill_sets(fills)
        except Unavailable:
            return

    def _forget(self, kind: EdgeKind, pairs: Iterable[tuple[int, int]]) -> None:
        keys = {key for s, t in pairs for key in (FOLLOWING.of(s), FOLLOWERS.of(t))}
        if keys and kind == "follow":
            self._cache.forget(keys)
