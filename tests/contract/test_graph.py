"""The contract of ``ports.graph``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.cassandra.composite_graph import CompositeGraph
from feed_core.adapters.cassandra.graph import CassandraGraph
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.ports.graph import Ask, Edge, EdgeKind, Graph

BIG = (1 << 63) - 10
person = st.integers(1, 4) | st.integers(BIG, BIG + 2)
kinds: st.SearchStrategy[EdgeKind] = st.sampled_from(["follow", "block", "mute"])
steps = st.lists(
    st.tuples(st.booleans(), kinds, st.lists(st.tuples(person, person), max_size=4)), max_size=12
)


class GraphContract:
    adapter: Callable[[Database], Graph]

    @pytest.fixture
    def graph(self, database: Database) -> Graph:
        return type(self).adapter(database)

    def test_edges_are_read_from_both_ends_in_order(self, graph: Graph) -> None:
        graph.add("follow", [Edge(1, 3, 10), Edge(1, 2, 11), Edge(4, 2, 12)])
        assert graph.targets("follow", [1, 9]) == {1: [Edge(1, 2, 11), Edge(1, 3, 10)]}
        assert graph.sources("follow", [2, 9]) == {2: [Edge(1, 2, 11), Edge(4, 2, 12)]}
        assert graph.present("follow", [(1, 2), (2, 1)]) == {(1, 2)}

    def test_kinds_are_apart(self, graph: Graph) -> None:
        graph.add("mute", [Edge(1, 2, 10)])
        assert graph.targets("follow", [1]) == {}
        assert graph.remove("block", [(1, 2)]) == [False]

    def test_a_repeated_edge_is_not_new_and_keeps_its_time(self, graph: Graph) -> None:
        assert graph.add("follow", [Edge(1, 2, 10), Edge(1, 2, 11)]) == [True, False]
        assert graph.targets("follow", [1]) == {1: [Edge(1, 2, 10)]}

    def test_pages_hold_each_edge_once_in_order(self, graph: Graph) -> None:
        others = [*range(2, 50), BIG, BIG + 1]
        graph.add("follow", [Edge(1, id_, id_ % 7) for id_ in others])
        graph.add("follow", [Edge(id_, 1, id_ % 5) for id_ in others])
        graph.add("mute", [Edge(3, 1, 0)])
        for read, end, whole in (
            (graph.targets_after, 1, graph.targets("follow", [1])[1]),
            (graph.sources_after, 0, graph.sources("follow", [1])[1]),
        ):
            met: list[Edge] = []
            while page := read("follow", [Ask(1, met[-1][end] if met else 0, 7)])[0]:
                met += page
            assert met == whole
            pages = read("follow", [Ask(1, 0, 2), Ask(99, 0, 5), Ask(1, 48, 2), Ask(1, BIG + 1, 3)])
            assert pages == [whole[:2], [], whole[-3:-1], []]
        assert graph.sources_after("follow", []) == []

    @pytest.mark.parametrize("kind", ["block", "follow"])
    def test_a_crowd_is_found_at_the_one_whom_it_meets(self, graph: Graph, kind: EdgeKind) -> None:
        made = {(source, 7) for source in range(100, 160, 2)} | {(7, 101), (100, 8)}
        graph.add(kind, [Edge(*pair, 1) for pair in made])
        asked = {(source, 7) for source in range(100, 160)} | {(7, source) for source in range(100, 160)}
        assert graph.present(kind, asked | {(100, 8), (101, 8)}) == made
        assert graph.present(kind, set()) == set()

    @given(steps)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_it_equals_a_set_of_edges(
        self, graph: Graph, steps: list[tuple[bool, EdgeKind, list[tuple[int, int]]]]
    ) -> None:
        people = [1, 2, 3, 4, BIG, BIG + 1, BIG + 2]
        held: dict[EdgeKind, set[tuple[int, int]]] = {"follow": set(), "block": set(), "mute": set()}
        for kind in held:
            graph.remove(kind, [(a, b) for a in people for b in people])
        for adding, kind, pairs in steps:
            expected = []
            for pair in pairs:
                expected.append((pair in held[kind]) != adding)
                (held[kind].add if adding else held[kind].discard)(pair)
            answer = (
                graph.add(kind, [Edge(*pair, 1) for pair in pairs]) if adding else graph.remove(kind, pairs)
            )
            assert answer == expected
        for kind, pairs_held in held.items():
            out = {e[:2] for edges in graph.targets(kind, people).values() for e in edges}
            into = {e[:2] for edges in graph.sources(kind, people).values() for e in edges}
            assert out == into == pairs_held
            reads = ((graph.targets, graph.target_ids, 1), (graph.sources, graph.source_ids, 0))
            for read, read_ids, end in reads:
                expected_ids = {id_: [e[end] for e in edges] for id_, edges in read(kind, people).items()}
                assert read_ids(kind, people) == expected_ids
        around = graph.around(people, ["follow", "mute"], ["block", "follow"])
        assert around.out == {kind: graph.target_ids(kind, people) for kind in ("follow", "mute")}
        assert around.back == {kind: graph.source_ids(kind, people) for kind in ("block", "follow")}


class TestSqliteGraph(GraphContract):
    adapter = SqliteGraph


class TestCassandraGraph(GraphContract):
    @pytest.fixture
    def graph(self, cassandra: CassandraSession) -> Graph:
        return CassandraGraph(cassandra)


class TestCompositeGraph(GraphContract):
    @pytest.fixture
    def graph(self, database: Database, cassandra: CassandraSession) -> Graph:
        return CompositeGraph(SqliteGraph(database), CassandraGraph(cassandra))

    def test_an_adjacency_that_was_cut_off_is_mended(
        self, database: Database, cassandra: CassandraSession
    ) -> None:
        truth, adjacency = SqliteGraph(database), CassandraGraph(cassandra)
        graph = CompositeGraph(truth, adjacency)
        graph.add("follow", [Edge(1, 2, 10), Edge(1, 3, 11)])
        truth.add("block", [Edge(1, 9, 12)])
        truth.remove("follow", [(1, 2)])
        adjacency.add("mute", [Edge(1, 4, 13)])
        assert graph.mend([1]) == 3
        assert graph.mend([1]) == 0
        assert graph.targets("follow", [1]) == {1: [Edge(1, 3, 11)]}
        assert graph.sources("block", [9]) == {9: [Edge(1, 9, 12)]}
        assert graph.sources("mute", [4]) == graph.sources("follow", [2]) == {}
