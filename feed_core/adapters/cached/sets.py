"""Sets of ids by owner, read through the shared cache; those beyond a size are the store's alone."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from feed_core.adapters.cached.keys import MAX_SET
from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill

Owner = TypeVar("Owner")
Load = Callable[[list[Owner]], Mapping[Owner, Collection[int]]]


class Key(Protocol):
    """How sets are named; ``keys.CacheKey`` names one kind."""

    @property
    def ttl_ms(self) -> int:
        """How long a set is held at most."""

    def of(self, owner: Any, /) -> str:
        """The key of the owner's set."""


class CachedSets(Generic[Owner]):
    """Sets by owner. ``most`` members are cached; ``load`` may leave out those who have none."""

    def __init__(self, key: Key, cache: Cache, load: Load[Owner], most: int = MAX_SET) -> None:
        self._key, self._cache, self._load, self._most = key, cache, load, most

    def get_many(self, owner_ids: Collection[Owner]) -> dict[Owner, list[int]]:
        """The members of those who have any, in order."""
        wanted = list(dict.fromkeys(owner_ids))
        try:
            held = dict(zip(wanted, self._cache.sets([self._key.of(id_) for id_ in wanted]), strict=True))
            absent = [id_ for id_, members in held.items() if members is None]
            leases = self._cache.lease([self._key.of(id_) for id_ in absent])
        except Unavailable:
            return {id_: sorted(members) for id_, members in self._load(wanted).items() if members}
        loaded = self._load(absent) if absent else {}
        fills = {
            self._key.of(id_): Fill(loaded.get(id_, ()), stamp, self._key.ttl_ms)
            for id_, stamp in zip(absent, leases, strict=True)
            if len(loaded.get(id_, ())) <= self._most
        }
        self._hold(fills)
        found = {id_: members for id_, members in held.items() if members}
        return {id_: sorted(members) for id_, members in (found | dict(loaded)).items() if members}

    def add(self, members: Mapping[Owner, Collection[int]]) -> None:
        """After members were added. Raises ``Unavailable``."""
        if members:
            self._cache.add_to_sets(
                {self._key.of(owner): some for owner, some in members.items()}, self._most
            )

    def forget(self, owner_ids: Iterable[Owner]) -> None:
        """After members were removed. Raises ``Unavailable``."""
        keys = [self._key.of(id_) for id_ in dict.fromkeys(owner_ids)]
        if keys:
            self._cache.forget(keys)

    def _hold(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        try:
            self._cache.fill({}, fills)
        except Unavailable:
            return
