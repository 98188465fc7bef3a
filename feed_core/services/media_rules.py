"""What a photo or video must be like, wherever it is shown."""

from feed_core.model.errors import InvalidInput
from feed_core.model.posts import MediaRef
from feed_core.model.rules import check_length

MAX_URL = 2_048


def check_media(media: MediaRef) -> None:
    """Raises ``InvalidInput``."""
    check_length(media.url, "media url", MAX_URL, 1)
    if min(media.width, media.height, media.duration_ms) < 0:
        raise InvalidInput("A media size or duration is negative.", fix="Send 0 where it is unknown.")
