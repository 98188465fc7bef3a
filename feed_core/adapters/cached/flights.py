"""Single flight: of many that want the same thing at the same time, one fetches it."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, TypeVar

from feed_core.ports.cache import Stamp

T = TypeVar("T")
Leases = Mapping[str, Stamp]


class Flights(Generic[T]):
    """Fetches under way, by key and lease: none of those who share one has begun after a later write."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, Stamp], Future[T | None]] = {}

    def fetch(self, leases: Leases, load: Callable[[Leases], Mapping[str, T]]) -> dict[str, T]:
        """What ``load`` answers for the keys; those that another thread is fetching come from there."""
        mine: dict[str, Future[T | None]] = {}
        others: dict[str, Future[T | None]] = {}
        with self._lock:
            for flight in leases.items():
                if flight in self._under_way:
                    others[flight[0]] = self._under_way[flight]
                else:
                    mine[flight[0]] = self._under_way[flight] = Future()
        found = self._load({key: leases[key] for key in mine}, mine, load) if mine else {}
        for key, future in others.items():
            value = future.result()
            if value is not None:
                found[key] = value
        return found

    def _load(
        self,
        leases: Leases,
        mine: Mapping[str, "Future[T | None]"],
        load: Callable[[Leases], Mapping[str, T]],
    ) -> dict[str, T]:
        try:
            found = dict(load(leases))
        except BaseException as error:
            self._land(leases)
            for future in mine.values():
                future.set_exception(error)
            raise
        self._land(leases)
        for key, future in mine.items():
            future.set_result(found.get(key))
        return found

    def _land(self, leases: Leases) -> None:
        with self._lock:
            for flight in leases.items():
                del self._under_way[flight]
