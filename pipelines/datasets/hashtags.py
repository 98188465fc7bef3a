"""Free-text tags and class names in the spelling that a hashtag has here: one lower-case word."""

import re

from feed_core.model.captions import MAX_HASHTAG

_APART = re.compile(r"[\s#|]+")


def as_hashtag(text: str, otherwise: str) -> str:
    """``text`` in lower case with ``_`` between its words, at most 100 characters; ``otherwise`` if empty."""
    return _APART.sub("_", text.lower()).strip("_")[:MAX_HASHTAG] or otherwise
