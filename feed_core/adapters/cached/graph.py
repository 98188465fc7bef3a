"""Who follows, blocks and mutes whom, as sets of ids in the shared cache; the rest is the store's own."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from feed_core.adapters.cached.keys import BLOCKED, BLOCKED_BY, FOLLOWERS, FOLLOWING, MUTED, CacheKey
from feed_core.adapters.cached.sets import CachedSets
from feed_core.ports.cache import Cache
from feed_core.ports.graph import Around, Edge, EdgeKind, Graph

_Side = Literal["out", "back"]
_SIDES: tuple[_Side, _Side] = ("out", "back")
_KEYS: dict[tuple[_Side, EdgeKind], CacheKey] = {
    ("out", "follow"): FOLLOWING, ("out", "block"): BLOCKED, ("out", "mute"): MUTED,
    ("back", "follow"): FOLLOWERS, ("back", "block"): BLOCKED_BY,
}  # fmt: skip


class _Ends(NamedTuple):
    """The other ends of a person's edges of a kind: those that go ``out`` or come ``back``."""

    side: _Side
    kind: EdgeKind
    user_id: int


class _KeyOfEnds:
    """What ``CacheKey`` is for one kind of set, for all that are cached here."""

    ttl_ms = min(key.ttl_ms for key in _KEYS.values())

    def of(self, ends: _Ends) -> str:
        return _KEYS[ends.side, ends.kind].of(ends.user_id)


class CachedGraph:
    """Implements ``ports.graph.Graph`` over ``graph``.

    Whether one pair follows is always asked of the store: it is what a write is decided by.
    """

    def __init__(self, graph: Graph, cache: Cache) -> None:
        self._graph = graph
        self._ends = CachedSets(_KeyOfEnds(), cache, self._load)

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        return self.around(source_ids, (kind,), ()).out[kind]

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        return self.around(target_ids, (), (kind,)).back[kind]

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        wanted = [_Ends("out", kind, id_) for kind in out for id_ in user_ids]
        wanted += [_Ends("back", kind, id_) for kind in back for id_ in user_ids]
        cached = [each for each in wanted if each[:2] in _KEYS]
        found = self._ends.get_many(cached) if cached else {}
        if len(cached) < len(wanted):
            found |= self._load([each for each in wanted if each[:2] not in _KEYS])
        around = Around({kind: {} for kind in out}, {kind: {} for kind in back})
        for (side, kind, id_), ids in found.items():
            getattr(around, side)[kind][id_] = ids
        return around

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

    def _load(self, wanted: Sequence[_Ends]) -> dict[_Ends, list[int]]:
        """From the store, in one question."""
        kinds = {side: {each.kind for each in wanted if each.side == side} for side in ("out", "back")}
        found = self._graph.around({each.user_id for each in wanted}, kinds["out"], kinds["back"])
        return {
            each: ids for each in wanted if (ids := getattr(found, each.side)[each.kind].get(each.user_id))
        }

    def _pairs(self, source_ids: Collection[int]) -> dict[EdgeKind, set[tuple[int, int]]]:
        found = self._graph.around(source_ids, [kind for side, kind in _KEYS if side == "out"], ())
        return {
            kind: {(source, target) for source, targets in groups.items() for target in targets}
            for kind, groups in found.out.items()
        }

    def _forget(self, kind: EdgeKind, pairs: Iterable[tuple[int, int]]) -> None:
        ends = [_Ends(side, kind, pair[at]) for pair in pairs for at, side in enumerate(_SIDES)]
        self._ends.forget(each for each in ends if each[:2] in _KEYS)
