"""Sets of ids by owner, read through the shared cache; those beyond a size are the store's alone."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from feed_core.adapters.cached.flights import Flights, Leases
from feed_core.adapters.cached.keys import MAX_SET, spread
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
        self._flights: Flights[Collection[int]] = Flights()

    def get_many(self, owner_ids: Collection[Owner]) -> dict[Owner, list[int]]:
        """The members of those who have any, in order."""
        owners = {self._key.of(id_): id_ for id_ in owner_ids}
        try:
            held = dict(zip(owners, self._cache.sets(list(owners)), strict=True))
            absent = [key for key, members in held.items() if members is None]
            leases = dict(zip(absent, self._cache.lease(absent), strict=True))
        except Unavailable:
            found = self._load(list(owners.values()))
            return {id_: sorted(members) for id_, members in found.items() if members}
        loaded = self._flights.fetch(leases, lambda mine: self._fetch(mine, owners)) if leases else {}
        members_by_key = {**held, **loaded}
        return {owners[key]: sorted(members) for key, members in members_by_key.items() if members}

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

    def _fetch(self, leases: Leases, owners: Mapping[str, Owner]) -> dict[str, Collection[int]]:
        loaded = self._load([owners[key] for key in leases])
        members = {key: loaded.get(owners[key], ()) for key in leases}
        ttl = self._key.ttl_ms
        few = {key: some for key, some in members.items() if len(some) <= self._most}
        self._hold({key: Fill(some, leases[key], spread(ttl)) for key, some in few.items()})
        return members

    def _hold(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        try:
            self._cache.fill({}, fills)
        except Unavailable:
            return
