"""The adjacency of the graph in Cassandra, both ways: ``following`` by source, ``followers`` by target.

``following`` is the truth of this adapter, written first and removed last, so that a repeated call mends what
a cut-off one left. "Is it new?" is exact as long as one source's writes follow each other.
"""

from collections.abc import Collection, Iterable, Sequence
from heapq import merge
from itertools import islice

from feed_core.adapters.cassandra.crowds import Crowd, buckets, rectangles
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.ports.graph import Around, Ask, Edge, EdgeKind

_Pair = tuple[int, int]
_HELD = (
    "SELECT user_id, following_id, at FROM following WHERE user_id IN ? AND kind = ? AND following_id IN ?"
)
_OUT = "SELECT user_id, following_id, at FROM following WHERE user_id IN ? AND kind = ?"
_OUT_OF_KINDS = "SELECT kind, user_id, following_id, at FROM following WHERE user_id IN ? AND kind IN ?"
_OUT_AFTER = (
    "SELECT user_id, following_id, at FROM following"
    " WHERE kind = ? AND user_id = ? AND following_id > ? LIMIT ?"
)
_IN_AFTER = (
    "SELECT follower_id, user_id, at FROM followers"
    " WHERE kind = ? AND user_id = ? AND bucket = ? AND follower_id > ? LIMIT ?"
)
_ADD_OUT = "INSERT INTO following (kind, user_id, following_id, at) VALUES (?, ?, ?, ?)"
_DROP_OUT = "DELETE FROM following WHERE kind = ? AND user_id = ? AND following_id = ?"
_ADD_IN = "INSERT INTO followers (kind, user_id, bucket, follower_id, at) VALUES (?, ?, ?, ?, ?)"
_PEOPLE_AT_ONCE = 16
"""People of one request, each with a partition of every kind asked for."""
_DROP_IN = "DELETE FROM followers WHERE kind = ? AND user_id = ? AND bucket = ? AND follower_id = ?"


class CassandraGraph:
    """Implements ``ports.graph.Graph``."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session
        self._crowd = Crowd(session, "followers", scope=("kind",), owner="user_id", member="follower_id")

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        held = self.since(kind, {edge[:2] for edge in edges})
        answers = []
        for source, target, at in edges:
            answers.append((source, target) not in held)
            held.setdefault((source, target), at)
        self.put(kind, [Edge(*pair, at) for pair, at in held.items()])
        return answers

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        held = self.since(kind, set(pairs))
        self.drop(kind, set(pairs))
        return [held.pop(pair, None) is not None for pair in pairs]

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        return set(self.since(kind, pairs))

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        return _ids(self.targets(kind, source_ids), 1)

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        return _ids(self.sources(kind, target_ids), 0)

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        people, kinds = list(set(user_ids)), list(out)
        there = [(people[at : at + _PEOPLE_AT_ONCE], kinds) for at in range(0, len(people), _PEOPLE_AT_ONCE)]
        narrow = [self._crowd.narrow("at, user_id", people, kind) for kind in back]
        outgoing, *incoming = self._session.rows_of((_OUT_OF_KINDS, there if kinds else []), *narrow)
        edges: dict[EdgeKind, list[Edge]] = {kind: [] for kind in kinds}
        for kind, *edge in (row for rows in outgoing for row in rows):
            edges[kind].append(Edge(*edge))
        return Around(
            {kind: _ids(_grouped(some, 0), 1) for kind, some in edges.items()},
            {
                kind: _ids(_met(self._crowd.with_wide("at, user_id", rows, kind)), 0)
                for kind, rows in zip(back, incoming, strict=True)
            },
        )

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        rows = self._session.rows_in(_OUT, set(source_ids), kind)
        return _grouped((Edge._make(row) for row in rows), 0)

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        return _met(self._crowd.all("at, user_id", set(target_ids), kind))

    def targets_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        found = self._session.rows_many(_OUT_AFTER, ((kind, *ask) for ask in asks))
        return [[Edge._make(row) for row in rows] for rows in found]

    def sources_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        widths = self._crowd.widths({ask.user_id for ask in asks}, kind)
        parts = [buckets(widths[ask.user_id]) for ask in asks]
        asked = (
            (kind, ask.user_id, bucket, ask.after, ask.limit)
            for ask, some in zip(asks, parts, strict=True)
            for bucket in some
        )
        found = iter(self._session.rows_many(_IN_AFTER, asked))
        pages = [merge(*islice(found, len(some))) for some in parts]
        return [
            [Edge._make(row) for row in islice(page, ask.limit)]
            for ask, page in zip(asks, pages, strict=True)
        ]

    def since(self, kind: EdgeKind, pairs: Collection[_Pair]) -> dict[_Pair, int]:
        """Those of the pairs that are there, and since when (ms)."""
        asked = ((sources, kind, targets) for sources, targets in rectangles(pairs))
        found = self._session.rows_many(_HELD, asked)
        return {(source, target): at for rows in found for source, target, at in rows}

    def met(self, kind: EdgeKind, pairs: Collection[_Pair]) -> set[_Pair]:
        """As ``present``, asked of the targets: for many sources of few."""
        held, _ = self._crowd.find("at", [(target, source) for source, target in pairs], kind)
        return {(source, target) for target, source in held}

    def put(self, kind: EdgeKind, edges: Collection[Edge]) -> None:
        """Write edges at both ends as they are, without asking what was there; each pair once."""
        pairs = [(edge.target_id, edge.source_id) for edge in edges]
        held, places = self._crowd.find("at", pairs, kind)
        self._session.write_small(_ADD_OUT, ((kind, *edge) for edge in edges))
        self._session.write_small(
            _ADD_IN, ((kind, target, places[target, source], source, at) for source, target, at in edges)
        )
        self._crowd.grow({pair: places[pair] for pair in places.keys() - held.keys()}, kind)

    def drop(self, kind: EdgeKind, pairs: Collection[_Pair]) -> None:
        """Remove edges at both ends, without asking what was there."""
        places = self._crowd.places([(target, source) for source, target in pairs], kind)
        self._session.write_small(
            _DROP_IN, ((kind, target, bucket, source) for (target, source), bucket in places.items())
        )
        self._session.write_small(_DROP_OUT, ((kind, *pair) for pair in pairs))


def _met(rows: Iterable[tuple[int, int, int]]) -> dict[int, list[Edge]]:
    """The edges of rows (at, target, source) by target."""
    return _grouped((Edge(source, target, at) for at, target, source in rows), 1)


def _grouped(edges: Iterable[Edge], end: int) -> dict[int, list[Edge]]:
    groups: dict[int, list[Edge]] = {}
    for edge in sorted(edges, key=lambda edge: edge[1 - end]):
        groups.setdefault(edge[end], []).append(edge)
    return groups


def _ids(groups: dict[int, list[Edge]], end: int) -> dict[int, list[int]]:
    return {id_: [edge[end] for edge in edges] for id_, edges in groups.items()}
