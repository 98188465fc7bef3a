"""A photo or video as it is catalogued, beside the account that owns it."""

import msgspec

from feed_core.model.posts import MediaType


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``media``. ``post_id`` is 0 until a post shows it; sizes in pixels and bytes, 0 when
    unknown; ``compressed_url`` and ``thumbnail_url`` are "" until they are made."""

    media_id: int
    user_id: int
    post_id: int
    media_type: MediaType
    original_url: str
    compressed_url: str = ""
    thumbnail_url: str = ""
    width: int = 0
    height: int = 0
    file_size: int = 0
    duration_ms: int = 0
    format: str = ""
    created_at: int
