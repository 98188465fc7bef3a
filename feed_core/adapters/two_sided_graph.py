"""The graph over two stores: the truth in Postgres, with each source; the adjacency in Cassandra, both ways.

What starts from a person is asked of the truth, so that a follower reads their own follows; what leads to one
is asked of the adjacency. A repeated call writes the adjacency again as the truth has it, so that it mends
what a cut-off one left.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.ports.graph import Edge, EdgeKind

_Pair = tuple[int, int]


class Adjacency(Protocol):
    """Edges by both ends, written as they are."""

    def put(self, kind: EdgeKind, edges: Collection[Edge]) -> None: ...

    def drop(self, kind: EdgeKind, pairs: Collection[_Pair]) -> None: ...

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]: ...

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]: ...


class TwoSidedGraph:
    """Implements ``ports.graph.Graph``. One source's writes must follow each other, as a unit's locks see to."""

    def __init__(self, truth: PostgresFollows, adjacency: Adjacency) -> None:
        self._truth = truth
        self._adjacency = adjacency

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        new = self._truth.add(kind, edges)
        self._adjacency.put(kind, self._truth.among(kind, {edge[:2] for edge in edges}))
        return new

    def remove(self, kind: EdgeKind, pairs: Sequence[_Pair]) -> list[bool]:
        there = self._truth.remove(kind, pairs)
        self._adjacency.drop(kind, set(pairs))
        return there

    def present(self, kind: EdgeKind, pairs: Collection[_Pair]) -> set[_Pair]:
        return self._truth.present(kind, pairs)

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        return self._truth.target_ids(kind, source_ids)

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        return self._truth.targets(kind, source_ids)

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        return self._adjacency.source_ids(kind, target_ids)

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        return self._adjacency.sources(kind, target_ids)
