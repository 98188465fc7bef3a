"""Reads what one answer takes in few trips: what is known to be wanted is fetched together, and once; what
was not there and came from the stores is put there together, at the end."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from feed_core.model.errors import Unavailable
from feed_core.ports.cache import Cache, Fill, Stamp, Subscribed, Telling


class Held:
    """What one read was told by key, whether or not it went by that (``used``). ``whole`` as long as it was
    told nothing else."""

    def __init__(self) -> None:
        self.values: dict[str, bytes | None] = {}
        self.sets: dict[str, frozenset[int] | None] = {}
        self.used: set[str] = set()
        self.whole = True
        self.stamps: dict[str, Stamp] = {}
        self.fills: dict[str, Fill[bytes]] = {}
        self.set_fills: dict[str, Fill[Collection[int]]] = {}

    def missing(self, keys: Collection[str]) -> list[str]:
        """Those of which it was told that they are not there."""
        return [key for key in keys if self.values.get(key, self.sets.get(key)) is None]

    def drop(self, keys: Collection[str]) -> None:
        """Know nothing of them."""
        for known in (self.values, self.sets, self.stamps, self.fills, self.set_fills):
            for key in keys:
                known.pop(key, None)


class Ahead:
    """Implements ``ports.cache.Cache`` over ``cache``. Inside ``reading`` a thread asks for each key once and
    then goes by that answer, as if it had read everything at that moment; it should take milliseconds."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._local = threading.local()

    @contextmanager
    def reading(self) -> Iterator[Held]:
        """The block is one read."""
        self._local.held = held = Held()
        try:
            yield held
        finally:
            self._local.held = None
            with suppress(Unavailable):  # then it is not there the next time either
                if held.fills or held.set_fills:
                    self._cache.fill(held.fills, held.set_fills)

    def fetch(self, values: Collection[str], sets: Collection[str]) -> None:
        """Ask for these in one trip, inside ``reading``. Raises ``Unavailable``."""
        held = self._held
        if held is not None:
            self._look(held, values, sets)

    def lease_missing(self, keys: Collection[str]) -> None:
        """Lease, in one trip, what ``fetch`` did not find, for those who will load it. Raises
        ``Unavailable``."""
        held = self._held
        if held is not None:
            self._lease(held, held.missing(keys))

    def went_beyond(self) -> None:
        """This thread has learnt something that is in no key it holds."""
        if self._held is not None:
            self._held.whole = False

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        held = self._held
        if held is None:
            return self._cache.values(keys)
        self._look(held, keys, ())
        held.used.update(keys)
        return [held.values[key] for key in keys]

    def sets(self, keys: Sequence[str]) -> list[frozenset[int] | None]:
        held = self._held
        if held is None:
            return self._cache.sets(keys)
        self._look(held, (), keys)
        held.used.update(keys)
        return [held.sets[key] for key in keys]

    def look(
        self, values: Sequence[str], sets: Sequence[str]
    ) -> tuple[list[bytes | None], list[frozenset[int] | None]]:
        self.went_beyond()
        return self._cache.look(values, sets)

    def hashes(self, keys: Sequence[str]) -> list[dict[str, int] | None]:
        self.went_beyond()
        return self._cache.hashes(keys)

    def lease(self, keys: Sequence[str]) -> list[Stamp]:
        held = self._held
        if held is None or not keys:
            return self._cache.lease(keys)
        self.went_beyond()
        self._lease(held, keys)
        return [held.stamps[key] for key in keys]

    def fill(self, values: Mapping[str, Fill[bytes]], sets: Mapping[str, Fill[Collection[int]]]) -> None:
        held = self._held
        if held is None:
            self._cache.fill(values, sets)
            return
        held.fills.update(values)
        held.values.update((key, fill.content) for key, fill in values.items())
        held.set_fills.update(sets)
        held.sets.update((key, frozenset(fill.content)) for key, fill in sets.items())

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        self._cache.fill_hashes(fills)

    def add_to_sets(self, members: Mapping[str, Collection[int]], most: int) -> None:
        self._drop(members)
        self._cache.add_to_sets(members, most)

    def mark(self, keys: Collection[str], ttl_ms: int) -> None:
        self._drop(keys)
        self._cache.mark(keys, ttl_ms)

    def forget(self, keys: Collection[str], tell: Telling | None = None) -> None:
        self._drop(keys)
        self._cache.forget(keys, tell)

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Subscribed:
        return self._cache.subscribe(channel, handle)

    @property
    def _held(self) -> Held | None:
        held: Held | None = getattr(self._local, "held", None)
        return held

    def _look(self, held: Held, values: Collection[str], sets: Collection[str]) -> None:
        wanted = [key for key in dict.fromkeys(values) if key not in held.values]
        wanted_sets = [key for key in dict.fromkeys(sets) if key not in held.sets]
        if wanted or wanted_sets:
            found, found_sets = self._cache.look(wanted, wanted_sets)
            held.values.update(zip(wanted, found, strict=True))
            held.sets.update(zip(wanted_sets, found_sets, strict=True))

    def _lease(self, held: Held, keys: Collection[str]) -> None:
        wanted = [key for key in keys if key not in held.stamps]
        if wanted:
            held.stamps.update(zip(wanted, self._cache.lease(wanted), strict=True))

    def _drop(self, keys: Collection[str]) -> None:
        if self._held is not None:
            self._held.drop(keys)


class Watched:
    """A store of which a read should know that it was asked."""

    def __init__(self, store: Any, ahead: Ahead) -> None:
        self._store, self._ahead = store, ahead

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def ask(*arguments: Any, **named: Any) -> Any:
            self._ahead.went_beyond()
            return method(*arguments, **named)

        return ask
