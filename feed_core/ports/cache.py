"""What may be forgotten at any time: values, sets of ids and hashes of numbers, each with a time to live.

Who fills the cache with what a store said may be late: a write may have come in between. So whoever finds
nothing takes a lease before asking the store, a fill brings it back, and forgetting a key ends it: a fill
that began before is refused (Nishtala et al., "Scaling Memcache at Facebook", 2013).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Stamp = bytes
MARK = b"1"


class Fill(NamedTuple, Generic[T]):
    """What a key shall hold for ``ttl_ms``, if its lease still has this stamp."""

    content: T
    stamp: Stamp
    ttl_ms: int


class Telling(NamedTuple):
    """What those who subscribed to a channel shall hear."""

    channel: str
    message: bytes


class Subscribed(Protocol):
    """Listening to a channel."""

    @property
    def whole(self) -> bool:
        """Whether everything that was published up to a moment ago has been heard."""

    def end(self) -> None:
        """Stop listening."""


class Cache(Protocol):
    """Keys and what they hold. Raises ``Unavailable`` when it does not answer."""

    def values(self, keys: Sequence[str]) -> list[bytes | None]:
        """What the keys hold, in their order; None for nothing."""

    def sets(self, keys: Sequence[str]) -> list[frozenset[int] | None]:
        """As ``values``, for sets of ids; a set may be held that is empty."""

    def hashes(self, keys: Sequence[str]) -> list[dict[str, int] | None]:
        """As ``values``, for hashes of numbers by name."""

    def look(
        self, values: Sequence[str], sets: Sequence[str]
    ) -> tuple[list[bytes | None], list[frozenset[int] | None]]:
        """``values`` and ``sets`` in one trip."""

    def lease(self, keys: Sequence[str]) -> list[Stamp]:
        """The stamps to fill these keys with, for whoever asks the store after this. Everyone gets the same
        until the key is forgotten; without one, as a cache may lose anything, a fill is refused."""

    def fill(self, values: Mapping[str, Fill[bytes]], sets: Mapping[str, Fill[Collection[int]]]) -> None:
        """Hold these, except where the lease has ended."""

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        """As ``fill``, for hashes."""

    def add_to_sets(self, members: Mapping[str, Collection[int]], most: int) -> None:
        """Add to the sets that are held, hold nothing in the place of one with more than ``most``, and end
        the leases of all."""

    def mark(self, keys: Collection[str], ttl_ms: int) -> None:
        """Hold the value ``MARK`` for ``ttl_ms``, whatever was there: it follows from no store, so that it
        needs no lease."""

    def forget(self, keys: Collection[str], tell: Telling | None = None) -> None:
        """Hold nothing for these keys and end their leases; then tell every process that has subscribed."""

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Subscribed:
        """Call ``handle`` with each message, in a thread of its own, and with None when some may have been
        missed. Does not wait for a server that is away."""
