"""What a photo or video must be like, wherever it is shown: what every store can hold."""

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from feed_core.model.posts import MediaRef
from feed_core.model.rules import check_length

MAX_URL, MAX_FORMAT = 2_048, 10
MAX_PIXELS, MAX_DURATION_MS, MAX_FILE_SIZE = 100_000, DAY, 1 << 40
_MOST = {
    "width": MAX_PIXELS, "height": MAX_PIXELS, "duration_ms": MAX_DURATION_MS, "file_size": MAX_FILE_SIZE,
}  # fmt: skip


def check_media(media: MediaRef) -> None:
    """Raises ``InvalidInput``."""
    check_length(media.url, "media url", MAX_URL, 1)
    check_length(media.format, "media format", MAX_FORMAT)
    if "\x00" in media.url + media.format:
        raise InvalidInput("A media url or format has a NUL character.", fix="Leave it out.")
    for name, most in _MOST.items():
        if not 0 <= getattr(media, name) <= most:
            raise InvalidInput(
                f"The {name} of a media is out of range.", fix=f"Send 0 to {most:,}, 0 where it is unknown."
            )
