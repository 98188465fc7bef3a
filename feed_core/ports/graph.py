"""Who follows, blocks and mutes whom, and who asks a private account to be let follow."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple, Protocol

EdgeKind = Literal["follow", "block", "mute", "request"]


class Edge(NamedTuple):
    """``source_id`` follows, blocks, mutes or asks to follow ``target_id`` since ``at`` (ms)."""

    source_id: int
    target_id: int
    at: int


class Ask(NamedTuple):
    """Up to ``limit`` edges of person ``user_id``, those whose other end has an id above ``after``."""

    user_id: int
    after: int
    limit: int


class Around(NamedTuple):
    """The ids at the other ends of edges, by kind and person: ``out`` as ``Graph.target_ids`` answers,
    ``back`` as ``Graph.source_ids``."""

    out: dict[EdgeKind, dict[int, list[int]]]
    back: dict[EdgeKind, dict[int, list[int]]]


class Graph(Protocol):
    """Directed edges of four kinds, read from both ends."""

    def add(self, kind: EdgeKind, edges: Sequence[Edge]) -> list[bool]:
        """Store edges; answers, per edge, whether it is new."""

    def remove(self, kind: EdgeKind, pairs: Sequence[tuple[int, int]]) -> list[bool]:
        """Remove edges; answers, per pair, whether it was there."""

    def present(self, kind: EdgeKind, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Those of the (source_id, target_id) pairs that are there."""

    def target_ids(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[int]]:
        """As ``targets``, the ids alone; the fast way for whole neighbourhoods."""

    def source_ids(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[int]]:
        """As ``sources``, the ids alone."""

    def around(
        self, user_ids: Collection[int], out: Collection[EdgeKind], back: Collection[EdgeKind]
    ) -> Around:
        """``target_ids`` for each kind of ``out`` and ``source_ids`` for each kind of ``back``, in as few
        questions as the store takes."""

    def targets(self, kind: EdgeKind, source_ids: Collection[int]) -> dict[int, list[Edge]]:
        """Outgoing edges of each source, in order of target id; sources without any are absent."""

    def sources(self, kind: EdgeKind, target_ids: Collection[int]) -> dict[int, list[Edge]]:
        """Incoming edges of each target, in order of source id; targets without any are absent."""

    def targets_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        """Per ask a page of the person's outgoing edges, in order of target id."""

    def sources_after(self, kind: EdgeKind, asks: Sequence[Ask]) -> list[list[Edge]]:
        """Per ask a page of the person's incoming edges, in order of source id. It costs what the page
        holds, however many there are."""
