"""The contract of ``ports.transactions``; an adapter is tested by one line at the end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from feed_core.ports.graph import Edge
from feed_core.stores import Stores, open_stores


class TransactionsContract:
    open_stores: Callable[[Path], Stores]

    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterator[Stores]:
        stores = type(self).open_stores(tmp_path)
        yield stores
        stores.close()

    def test_writes_to_several_stores_take_effect_together_or_not_at_all(self, stores: Stores) -> None:
        def write(fail: bool) -> None:
            with stores.transactions.transaction():
                stores.graph.add("follow", [Edge(1, 2, 3)])
                stores.events.append("graph", [(1, b"e")])
                if fail:
                    raise KeyError("stop")

        with pytest.raises(KeyError):
            write(fail=True)
        assert (stores.graph.targets("follow", [1]), stores.events.end("graph")) == ({}, (0,))
        write(fail=False)
        assert (len(stores.graph.targets("follow", [1])), stores.events.end("graph")) == (1, (1,))

    def test_a_failure_inside_that_is_caught_still_undoes_the_whole(self, stores: Stores) -> None:
        def write() -> None:
            with stores.transactions.transaction():
                stores.events.append("graph", [(1, b"e")])
                with pytest.raises(KeyError), stores.transactions.transaction():
                    raise KeyError("inner")

        with pytest.raises(RuntimeError, match="none of it is kept"):
            write()
        assert stores.events.end("graph") == (0,)

    def test_a_snapshot_does_not_see_what_is_written_meanwhile(self, stores: Stores) -> None:
        with ThreadPoolExecutor(1) as other, stores.transactions.snapshot():
            assert stores.events.end("graph") == (0,)
            other.submit(stores.events.append, "graph", [(1, b"e")]).result()
            assert stores.events.end("graph") == (0,)
        assert stores.events.end("graph") == (1,)

    def test_a_snapshot_refuses_writes(self, stores: Stores) -> None:
        with stores.transactions.snapshot(), pytest.raises(RuntimeError, match="snapshot"):
            stores.events.append("graph", [(1, b"e")])

    def test_concurrent_transactions_follow_each_other(self, stores: Stores) -> None:
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


class TestSqliteTransactions(TransactionsContract):
    open_stores = staticmethod(open_stores)
