"""The media catalogue read through the shared cache by id; lists are the store's own."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.cached.keys import MEDIA
from feed_core.adapters.cached.reading import ReadThrough, packed
from feed_core.model.clock import Clock
from feed_core.model.media import Media
from feed_core.ports.cache import Cache
from feed_core.ports.media import MediaCatalog


class CachedMedia:
    """Implements ``ports.media.MediaCatalog`` over ``media``."""

    def __init__(self, media: MediaCatalog, cache: Cache, clock: Clock) -> None:
        self._media = media
        self._read = ReadThrough[Media](packed(MEDIA, Media), cache, clock, media.get_many)

    def get_many(self, media_ids: Collection[int]) -> dict[int, Media]:
        return self._read.get_many(media_ids)

    def put(self, media: Sequence[Media]) -> None:
        try:
            self._media.put(media)
        finally:
            self._read.forget({each.media_id for each in media})

    def remove(self, media_ids: Collection[int]) -> None:
        try:
            self._media.remove(media_ids)
        finally:
            self._read.forget(media_ids)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._media, name)
