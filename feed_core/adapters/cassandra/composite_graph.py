"""The graph over two stores: the truth with its source in Postgres, the adjacency both ways in Cassandra.

A write goes to the truth first, which answers whether it is new, and then to the adjacency whatever the
answer, so that a call that was cut off between them and is repeated makes them equal. Whether an edge is
there is asked of the truth; neighbourhoods, which may be large, of the adjacency.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.ports.graph import Around, Ask, Edge, EdgeKind


class EdgeTruth(Protocol):
    """Edges by source; the part of ``ports.graph.Graph`` that the truth must have."""

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]: ...

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]: ...

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]: ...

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]: ...


class CompositeGraph:
    """Implements ``ports.graph.Graph``."""

    def __init__(self, truth: EdgeTruth, adjacency: CassandraGraph) -> None:
        self._truth, self._adjacency = truth, adjacency

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        answers = self._truth.add(kind, edges)
        self._adjacency.add(kind, edges)
        return answers

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        answers = self._truth.remove(kind, pairs)
        self._adjacency.remove(kind, pairs)
        return answers

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Blocks of one person by many are asked of that person's end, which is written before a block is
        answered, instead of the shard of each of the many."""
        if kind != "block":
            return self._truth.present(kind, pairs)
        by_target = Counter(target for _, target in pairs)
        crowded = {pair for pair in pairs if by_target[pair[1]] > _CROWD}
        rest = set(pairs) - crowded
        found = self._adjacency.met(kind, crowded) if crowded else set()
        return found | (self._truth.present(kind, rest) if rest else set())

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        return self._adjacency.target_ids(kind, source_ids)

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        return self._adjacency.source_ids(kind, target_ids)

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        return self._adjacency.around(user_ids, out, back)

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        return self._adjacency.targets(kind, source_ids)

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        return self._adjacency.sources(kind, target_ids)

    def targets_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        return self._adjacency.targets_after(kind, asks)

    def sources_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        return self._adjacency.sources_after(kind, asks)

    def mend(self, source_ids: Collection[int]) -> int:
        """Make the adjacency of these people's edges equal to the truth; answers how many were off."""
        off = 0
        for kind in _KINDS:
            right, held = (_edges(side.targets(kind, source_ids)) for side in (self._truth, self._adjacency))
            self._adjacency.drop(kind, held.keys() - right.keys())
            wrong = [edge for pair, edge in right.items() if held.get(pair) != edge]
            self._adjacency.put(kind, wrong)
            off += len(wrong) + len(held.keys() - right.keys())
        return off


_CROWD = 16
"""People whose shards cost more than one person's partition."""
_KINDS: tuple[EdgeKind, ...] = ("follow", "block", "mute", "request")


def _edges(groups: dict[int, list[Edge]]) -> dict[tuple[int, int], Edge]:
    return {(edge.source_id, edge.target_id): edge for edges in groups.values() for edge in edges}
