"""Single flight: of many that want the same thing at the same time, one fetches it."""

import threading
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """Fetches under way, by key. A key that is forgotten may be fetched again at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[T | None]] = {}

    def fetch(self, keys: Iterable[str], load: Callable[[list[str]], dict[str, T]]) -> dict[str, T]:
        """What ``load`` answers for the keys; those that another thread is fetching come from there."""
        mine: dict[str, Future[T | None]] = {}
        others: dict[str, Future[T | None]] = {}
        with self._lock:
            for key in keys:
                if key in self._under_way:
                    others[key] = self._under_way[key]
                else:
                    mine[key] = self._under_way[key] = Future()
        found = self._load(mine, load) if mine else {}
        for key, future in others.items():
            value = future.result()
            if value is not None:
                found[key] = value
        return found

    def forget(self, keys: Collection[str]) -> None:
        """Let nobody join the present fetches of these keys."""
        with self._lock:
            for key in keys:
                self._under_way.pop(key, None)

    def _load(
        self, mine: dict[str, "Future[T | None]"], load: Callable[[list[str]], dict[str, T]]
    ) -> dict[str, T]:
        try:
            found = load(list(mine))
        except BaseException as error:
            self._land(mine)
            for future in mine.values():
                future.set_exception(error)
            raise
        self._land(mine)
        for key, future in mine.items():
            future.set_result(found.get(key))
        return found

    def _land(self, mine: dict[str, "Future[T | None]"]) -> None:
        with self._lock:
            for key, future in mine.items():
                if self._under_way.get(key) is future:
                    del self._under_way[key]
