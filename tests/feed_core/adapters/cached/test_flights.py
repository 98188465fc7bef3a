"""Of many that want the same at the same time one fetches it, and nobody waits for anybody in a circle."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from feed_core.adapters.cached.flights import Flights, Leases
from feed_core.model.errors import Unavailable


def doubled(leases: Leases) -> dict[str, str]:
    """What a store says of the keys it knows: those that are digits."""
    return {key: key * 2 for key in leases if key.isdigit()}


def test_nothing_wanted_is_nothing_asked() -> None:
    asked: list[Leases] = []
    assert Flights[str]().fetch({}, lambda leases: asked.append(leases) or {}) == {}
    assert asked == []


def test_what_the_store_does_not_have_is_in_nobodys_answer() -> None:
    flights, entered, go = Flights[str](), threading.Event(), threading.Event()

    def slow(leases: Leases) -> dict[str, str]:
        entered.set()
        assert go.wait(20)
        return doubled(leases)

    wanted = {"1": b"s", "x": b"s"}
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.fetch, wanted, slow)
        assert entered.wait(20)
        second = pool.submit(flights.fetch, wanted, doubled)
        go.set()
        assert first.result(20) == second.result(20) == {"1": "11"}


def test_who_waits_for_one_key_fetches_the_others_meanwhile() -> None:
    flights, entered, meeting = Flights[str](), threading.Event(), threading.Barrier(2, timeout=20)
    asked: list[set[str]] = []

    def meet(leases: Leases) -> dict[str, str]:
        asked.append(set(leases))
        entered.set()
        meeting.wait()
        return doubled(leases)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flights.fetch, {"1": b"s", "2": b"s"}, meet)
        assert entered.wait(20)
        second = pool.submit(flights.fetch, {"2": b"s", "3": b"s"}, meet)
        assert first.result(20) == {"1": "11", "2": "22"}
        assert second.result(20) == {"2": "22", "3": "33"}
    assert asked == [{"1", "2"}, {"3"}]


def test_a_fetch_under_an_older_lease_is_not_joined() -> None:
    flights, entered, go = Flights[str](), threading.Event(), threading.Event()

    def slow(leases: Leases) -> dict[str, str]:
        entered.set()
        assert go.wait(20)
        return dict.fromkeys(leases, "old")

    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(flights.fetch, {"1": b"old"}, slow)
        assert entered.wait(20)
        assert flights.fetch({"1": b"new"}, lambda leases: dict.fromkeys(leases, "new")) == {"1": "new"}
        go.set()
        assert before.result(20) == {"1": "old"}


def test_of_many_threads_never_two_fetch_the_same_and_all_are_told_the_same() -> None:
    flights, lock = Flights[str](), threading.Lock()
    under_way: Counter[str] = Counter()

    def load(leases: Leases) -> dict[str, str]:
        with lock:
            under_way.update(leases.keys())
            assert max(under_way.values()) == 1
        found = doubled(leases)
        with lock:
            under_way.subtract(leases.keys())
        return found

    def work(seed: int) -> None:
        random = Random(seed)
        for _ in range(150):
            wanted = {str(number): b"s" for number in random.sample(range(8), random.randint(1, 5))}
            assert flights.fetch(wanted, load) == doubled(wanted)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert flights._under_way == {}


def test_whose_fetch_fails_leaves_nothing_under_way() -> None:
    flights = Flights[str]()

    def away(_: Leases) -> dict[str, str]:
        raise Unavailable("The store is away.")

    for _ in range(2):
        with pytest.raises(Unavailable):
            flights.fetch({"1": b"s"}, away)
    assert flights.fetch({"1": b"s"}, doubled) == {"1": "11"}
