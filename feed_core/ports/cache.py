"""What may be forgotten at any time: values, sets of ids and hashes of numbers, each with a time to live.

Who fills the cache with what a store said may be late: a write may have come in between. So a read that
finds nothing answers a stamp, a fill brings it back, and forgetting a key changes it: a fill that began
before is refused (the lease of Nishtala et al., "Scaling Memcache at Facebook", 2013).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Stamp = bytes


class Found(NamedTuple, Generic[T]):
    """What a key holds, None when it holds nothing, and the stamp to fill it with."""

    content: T | None
    stamp: Stamp


class Fill(NamedTuple, Generic[T]):
    """What a key shall hold for ``ttl_ms``, if its stamp is still the same."""

    content: T
    stamp: Stamp
    ttl_ms: int


class Cache(Protocol):
    """Keys and what they hold. Raises ``Unavailable`` when it does not answer."""

    def values(self, keys: Sequence[str]) -> list[Found[bytes]]:
        """What the keys hold, in their order."""

    def sets(self, keys: Sequence[str]) -> list[Found[frozenset[int]]]:
        """As ``values``, for sets of ids; a set may be held that is empty."""

    def hashes(self, keys: Sequence[str]) -> list[Found[dict[str, int]]]:
        """As ``values``, for hashes of numbers by name."""

    def fill_values(self, fills: Mapping[str, Fill[bytes]]) -> None:
        """Hold these, except where the stamp has changed."""

    def fill_sets(self, fills: Mapping[str, Fill[Collection[int]]]) -> None:
        """As ``fill_values``, for sets."""

    def fill_hashes(self, fills: Mapping[str, Fill[Mapping[str, int]]]) -> None:
        """As ``fill_values``, for hashes."""

    def forget(self, keys: Collection[str]) -> Stamp:
        """Hold nothing for these keys and give them a new stamp, which is answered."""

    def publish(self, channel: str, message: bytes) -> None:
        """Tell every process that has subscribed."""

    def subscribe(self, channel: str, handle: Callable[[bytes | None], None]) -> Callable[[], None]:
        """Call ``handle`` with each message, in a thread of its own, and with None when some may have been
        missed. Answers what ends it."""
