"""Timelines whose newest entries come from the shared cache."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.cached.keys import ALL, FEED, PULLED
from feed_core.adapters.cached.newest import Newest, Request, mark_withdrawn
from feed_core.adapters.cached.sets import CachedSets
from feed_core.model.clock import Clock
from feed_core.model.timelines import Entry
from feed_core.ports.cache import Cache
from feed_core.ports.timelines import Delivery, Timelines


class CachedTimelines:
    """Implements ``ports.timelines.Timelines`` over ``timelines``: page 0 of a feed is its 100 newest.

    Entries that ``forget_before`` removed stay on a page for as long as it is held: whoever asks with
    ``since`` does not get them.
    """

    def __init__(self, timelines: Timelines, cache: Cache, clock: Clock) -> None:
        self._timelines, self._cache = timelines, cache
        self._newest = Newest(lambda id_: FEED.of(id_, 0), FEED, cache, clock, timelines.read)
        self._pulled = CachedSets(PULLED, cache, lambda _: {ALL: timelines.pulled()})

    def read(self, requests: Sequence[Request], since: int) -> list[list[Entry]]:
        return self._newest.read(requests, since)

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        try:
            self._timelines.deliver(deliveries)
        finally:
            self._newest.forget(delivery.reader_id for delivery in deliveries)

    def withdraw(self, pairs: Collection[tuple[int, int]]) -> None:
        try:
            self._timelines.withdraw(pairs)
        finally:
            self._newest.forget(reader for reader, _ in pairs)

    def withdraw_posts(self, post_ids: Collection[int]) -> None:
        try:
            self._timelines.withdraw_posts(post_ids)
        finally:
            mark_withdrawn(self._cache, post_ids)

    def forget(self, reader_ids: Collection[int]) -> None:
        try:
            self._timelines.forget(reader_ids)
        finally:
            self._newest.forget(reader_ids)

    def pulled(self) -> set[int]:
        return set(self._pulled.get_many([ALL]).get(ALL, ()))

    def set_pulled(self, via_ids: Collection[int], *, pulled: bool) -> None:
        try:
            self._timelines.set_pulled(via_ids, pulled=pulled)
        finally:
            if via_ids:
                self._pulled.forget([ALL])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._timelines, name)
