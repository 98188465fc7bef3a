"""Follow counts as hashes in the shared cache: five minutes, forgotten by whoever counts."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeGuard

from feed_core.adapters.cached.flights import Flights, Leases
from feed_core.adapters.cached.keys import FOLLOW_COUNT, spread
from feed_core.model.errors import Unavailable
from feed_core.model.users import UserStats
from feed_core.ports.cache import Cache, Fill

_FIELDS = UserStats.__struct_fields__


class CachedCounts:
    """Counts by user; those of whom nothing was counted are remembered as an empty hash."""

    def __init__(self, cache: Cache, load: Callable[[Collection[int]], Mapping[int, UserStats]]) -> None:
        self._cache, self._load = cache, load
        self._flights: Flights[Mapping[str, int]] = Flights()

    def get_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        """Counts of those of whom something was counted."""
        ids = {FOLLOW_COUNT.of(id_): id_ for id_ in user_ids}
        try:
            hashes = dict(zip(ids, self._cache.hashes(list(ids)), strict=True))
            held = {key: numbers for key, numbers in hashes.items() if _is_whole(numbers)}
            absent = [key for key in ids if key not in held]
            leases = dict(zip(absent, self._cache.lease(absent), strict=True))
        except Unavailable:
            return dict(self._load(list(ids.values())))
        loaded = self._flights.fetch(leases, lambda mine: self._fetch(mine, ids)) if leases else {}
        found = {**held, **loaded}
        return {ids[key]: UserStats(**numbers) for key, numbers in found.items() if numbers}

    def forget(self, user_ids: Iterable[int]) -> None:
        """After a count has changed. Raises ``Unavailable``."""
        keys = [FOLLOW_COUNT.of(id_) for id_ in user_ids]
        if keys:
            self._cache.forget(keys)

    def _fetch(self, leases: Leases, ids: Mapping[str, int]) -> Mapping[str, Mapping[str, int]]:
        loaded = self._load([ids[key] for key in leases])
        numbers = {key: _numbers(loaded.get(ids[key])) for key in leases}
        ttl = FOLLOW_COUNT.ttl_ms
        self._hold({key: Fill(some, leases[key], spread(ttl)) for key, some in numbers.items()})
        return numbers

    def _hold(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        try:
            self._cache.fill_hashes(fills)
        except Unavailable:
            return


def _is_whole(numbers: Mapping[str, int] | None) -> TypeGuard[Mapping[str, int]]:
    """Nothing counted, or every count that this version knows, and no other."""
    return numbers is not None and (not numbers or numbers.keys() == set(_FIELDS))


def _numbers(stats: UserStats | None) -> dict[str, int]:
    return {} if stats is None else {name: getattr(stats, name) for name in _FIELDS}
