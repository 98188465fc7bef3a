"""The catalogue of photos and videos; it lies with the account that owns them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from feed_core.model.media import Media


class MediaCatalog(Protocol):
    """Media by id, by post and by owner. An id carries its owner's shard."""

    def put(self, media: Sequence[Media]) -> None:
        """Insert or replace by id."""

    def get_many(self, media_ids: Collection[int]) -> dict[int, Media]: ...

    def of_posts(self, post_ids: Collection[int]) -> dict[int, list[Media]]:
        """Per post its media in order of id; posts without any are absent. A post's id carries the same
        shard as its media."""

    def of_user(self, user_id: int, after_id: int, limit: int) -> list[Media]:
        """The user's media in order of id, those after ``after_id``."""

    def remove(self, media_ids: Collection[int]) -> None:
        """Remove by id."""
