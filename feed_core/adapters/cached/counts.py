"""Follow counts as hashes in the shared cache: five minutes, forgotten by whoever counts."""

from collections.abc import Callable, Collection, Iterable, Mapping

from feed_core.adapters.cached.keys import FOLLOW_COUNT
from feed_core.model.errors import Unavailable
from feed_core.model.users import UserStats
from feed_core.ports.cache import Cache, Fill

_FIELDS = UserStats.__struct_fields__


class CachedCounts:
    """Counts by user; those of whom nothing was counted are remembered as an empty hash."""

    def __init__(self, cache: Cache, load: Callable[[Collection[int]], Mapping[int, UserStats]]) -> None:
        self._cache, self._load = cache, load

    def get_many(self, user_ids: Collection[int]) -> dict[int, UserStats]:
        """Counts of those of whom something was counted."""
        ids = list(dict.fromkeys(user_ids))
        try:
            held = dict(zip(ids, self._cache.hashes([FOLLOW_COUNT.of(id_) for id_ in ids]), strict=True))
            absent = [id_ for id_, numbers in held.items() if numbers is None]
            leases = self._cache.lease([FOLLOW_COUNT.of(id_) for id_ in absent])
        except Unavailable:
            return dict(self._load(ids))
        loaded = self._load(absent) if absent else {}
        self._hold(
            {
                FOLLOW_COUNT.of(id_): Fill(_numbers(loaded.get(id_)), stamp, FOLLOW_COUNT.ttl_ms)
                for id_, stamp in zip(absent, leases, strict=True)
            }
        )
        return {id_: UserStats(**numbers) for id_, numbers in held.items() if numbers} | dict(loaded)

    def forget(self, user_ids: Iterable[int]) -> None:
        """After a count has changed. Raises ``Unavailable``."""
        keys = [FOLLOW_COUNT.of(id_) for id_ in user_ids]
        if keys:
            self._cache.forget(keys)

    def _hold(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        try:
            self._cache.fill_hashes(fills)
        except Unavailable:
            return


def _numbers(stats: UserStats | None) -> dict[str, int]:
    return {} if stats is None else {name: getattr(stats, name) for name in _FIELDS}
