"""The contract of ``ports.transactions``; an adapter is tested by one line at the end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from feed_core.ports.graph import Edge
from feed_core.stores import Stores, open_stores

ADA, BEN = 1, 2
BOTH = (ADA, BEN)


def logged(stores: Stores) -> int:
    """How many events there are."""
    return sum(stores.events.end("graph"))


def followed(stores: Stores) -> list[int]:
    """Whom Ada follows."""
    return stores.graph.target_ids("follow", [ADA]).get(ADA, [])


class TransactionsContract:
    open_stores: Callable[[Path], Stores]

    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterator[Stores]:
        stores = type(self).open_stores(tmp_path)
        yield stores
        stores.close()

    def test_writes_to_several_stores_take_effect_together_or_not_at_all(self, stores: Stores) -> None:
        def write(fail: bool) -> None:
            with stores.transactions.transaction(BOTH):
                stores.graph.add("follow", [Edge(ADA, BEN, 3)])
                stores.events.append("graph", [(ADA, b"e")])
                if fail:
                    raise KeyError("stop")

        with pytest.raises(KeyError):
            write(fail=True)
        assert (followed(stores), logged(stores)) == ([], 0)
        write(fail=False)
        assert (followed(stores), logged(stores)) == ([BEN], 1)

    def test_a_group_inside_a_group_takes_effect_with_it(self, stores: Stores) -> None:
        with stores.transactions.transaction((ADA,)):
            with stores.transactions.transaction((BEN,)):
                stores.events.append("graph", [(BEN, b"e")])
            with stores.transactions.transaction():
                assert stores.graph.add("follow", [Edge(ADA, BEN, 3)]) == [True]
            assert stores.graph.add("follow", [Edge(ADA, BEN, 3)]) == [False]
            assert stores.graph.remove("follow", [(ADA, BEN), (ADA, 3)]) == [True, False]
            assert stores.graph.add("follow", [Edge(ADA, 4, 3)]) == [True]
        assert (followed(stores), logged(stores)) == ([4], 1)

    def test_a_failure_inside_that_is_caught_still_undoes_the_whole(self, stores: Stores) -> None:
        def write() -> None:
            with stores.transactions.transaction((ADA,)):
                stores.events.append("graph", [(ADA, b"e")])
                with pytest.raises(KeyError), stores.transactions.transaction((BEN,)):
                    raise KeyError("inner")

        with pytest.raises(RuntimeError, match="none of it is kept"):
            write()
        assert logged(stores) == 0

    def test_what_one_persons_writes_are_decided_by_is_what_the_last_one_left(self, stores: Stores) -> None:
        start = Barrier(6)

        def follow_one_more(_: int) -> None:
            start.wait()
            for _ in range(10):
                with stores.transactions.transaction((ADA,)):
                    stores.graph.add("follow", [Edge(ADA, BEN + len(followed(stores)), 3)])
                assert followed(stores)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(follow_one_more, range(6)))
        assert followed(stores) == list(range(BEN, BEN + 60))

    def test_a_snapshot_groups_reads(self, stores: Stores) -> None:
        stores.graph.add("follow", [Edge(ADA, BEN, 3)])
        with stores.transactions.snapshot():
            assert (followed(stores), logged(stores)) == ([BEN], 0)


class TestSqliteTransactions(TransactionsContract):
    open_stores = staticmethod(open_stores)

    def test_a_snapshot_does_not_see_what_is_written_meanwhile(self, stores: Stores) -> None:
        with ThreadPoolExecutor(1) as other, stores.transactions.snapshot():
            assert logged(stores) == 0
            other.submit(stores.events.append, "graph", [(ADA, b"e")]).result()
            assert logged(stores) == 0
        assert logged(stores) == 1

    def test_a_snapshot_refuses_writes(self, stores: Stores) -> None:
        with stores.transactions.snapshot(), pytest.raises(RuntimeError, match="snapshot"):
            stores.events.append("graph", [(ADA, b"e")])

    def test_groups_need_no_owners(self, stores: Stores) -> None:
        start = Barrier(6)

        def count(_: int) -> None:
            start.wait()
            for _ in range(20):
                with stores.transactions.transaction():
                    (place,) = stores.events.committed("g", "graph")
                    stores.events.commit("g", "graph", (place + 1,))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(count, range(6)))
        assert stores.events.committed("g", "graph") == (120,)
