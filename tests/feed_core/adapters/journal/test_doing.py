"""The stores of a unit work side by side, each in the unit's order; the log follows when all are done."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import msgspec
import pytest

from feed_core.adapters.journal.applying import current_step
from feed_core.adapters.journal.calls import bind, pack
from feed_core.adapters.journal.doing import Doer
from feed_core.adapters.journal.units import Operation, Unit
from feed_core.model.users import UserStats


class Recorder:
    """Stands in for every port; ``react`` is called with each operation's method and place."""

    def __init__(self, react: Callable[[str, int], None] = lambda *_: None) -> None:
        self.done: list[tuple[str, int, int]] = []
        self._react = react
        self._lock = threading.Lock()

    def __getattr__(self, method: str) -> Callable[..., None]:
        def act(*_: Any) -> None:
            step = current_step()
            assert step is not None
            self._react(method, step.place)
            with self._lock:
                self.done.append((method, step.place, step.at))

        return act


def operation(port: str, method: str, *arguments: Any) -> Operation:
    return pack(port, method, bind(port, method, *arguments))


PUBLISH = Unit(
    unit_id=9,
    owners=(4,),
    operations=(
        operation("events", "append", "posts", [(4, b"1")]),
        operation("posts", "put", []),
        operation("accounts", "add_to_stats", {4: UserStats(posts=1)}),
        operation("posts", "put_entries", []),
        operation("idempotency", "put", 4, "key", b"answer", 7),
        operation("posts", "add_to_counts", {}),
        operation("posts", "remove_entries", [1]),
    ),
    at=1_000,
)


@contextmanager
def doer(store: Recorder) -> Iterator[Doer]:
    with closing(Doer(dict.fromkeys(("events", "posts", "accounts", "idempotency"), store))) as found:
        yield found


def test_each_store_keeps_its_order_and_the_log_comes_last() -> None:
    store = Recorder()
    with doer(store) as one:
        one.do(PUBLISH)
    places = [place for _, place, _ in store.done]
    assert [place for place in places if place in (1, 5)] == [1, 5]
    assert [place for place in places if place in (3, 6)] == [3, 6]
    assert [place for place in places if place in (2, 4)] == [2, 4]
    assert places[-1] == 0
    assert {at for _, _, at in store.done} == {1_000}


def test_two_stores_are_under_way_at_once_and_entries_beside_posts() -> None:
    meeting = threading.Barrier(3, timeout=60)

    def react(method: str, place: int) -> None:
        if method in ("put_entries", "add_to_stats") or place == 1:
            meeting.wait()

    store = Recorder(react)
    with doer(store) as one:
        one.do(PUBLISH)
    assert len(store.done) == len(PUBLISH.operations)


def test_entries_wait_for_the_rest_where_posts_are_purged() -> None:
    unit = msgspec.structs.replace(
        PUBLISH,
        operations=(*PUBLISH.operations[:4], operation("posts", "purge", [1]), *PUBLISH.operations[4:]),
    )
    store = Recorder()
    with doer(store) as one:
        one.do(unit)
    places = [place for _, place, _ in store.done]
    assert [place for place in places if place in (1, 3, 4, 6, 7)] == [1, 3, 4, 6, 7]


@pytest.mark.parametrize("failing", [1, 2, 3, 4, 6])
def test_what_fails_anywhere_is_raised_and_keeps_the_log_silent(failing: int) -> None:
    def react(_: str, place: int) -> None:
        if place == failing:
            raise ConnectionError(place)

    store = Recorder(react)
    with doer(store) as one, pytest.raises(ConnectionError):
        one.do(PUBLISH)
    assert "append" not in [method for method, _, _ in store.done]
