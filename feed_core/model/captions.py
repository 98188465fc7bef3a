"""Hashtags and mentions: found in captions, brought into one spelling, and checked."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import takewhile

from feed_core.model.errors import InvalidInput
from feed_core.model.rules import check_length, shown

MAX_CAPTION = 2_200
MAX_HASHTAGS = 30
MAX_HASHTAG = 100
_HASHTAG = re.compile(r"(?<![\w#&])#(\w[^\s#]*)")
_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9._]{1,30})(?!\.*[A-Za-z0-9_])")
_REFUSED = re.compile(r"[\s#]")


def hashtags_in(caption: str) -> tuple[str, ...]:
    """Hashtags of the caption, in their one spelling, each once, in order."""
    found = ("".join(takewhile(_in_tag, text)) for text in _HASHTAG.findall(caption))
    return tuple(dict.fromkeys(map(tag_spelling, found)))


def tag_spelling(tag: str) -> str:
    """Lower case, composed (NFC), without ``#``: what reads the same is one hashtag."""
    return unicodedata.normalize("NFC", tag.removeprefix("#").lower())


def mentions_in(caption: str) -> tuple[str, ...]:
    """Usernames that the caption mentions with ``@``, lower case, each once, in order."""
    names = (name.rstrip(".").lower() for name in _MENTION.findall(caption))
    return tuple(dict.fromkeys(name for name in names if name))


def all_hashtags(caption: str, given: Iterable[str]) -> tuple[str, ...]:
    """The given hashtags and the caption's, checked, each once.

    Raises ``InvalidInput`` for more than 30, for one longer than 100 characters, for an empty one
    and for one with white space or a ``#`` inside.
    """
    tags = tuple(dict.fromkeys((*map(tag_spelling, given), *hashtags_in(caption))))
    if len(tags) > MAX_HASHTAGS:
        raise InvalidInput(f"The post has {len(tags)} hashtags.", fix=f"Use at most {MAX_HASHTAGS}.")
    for tag in tags:
        check_length(tag, "hashtag", MAX_HASHTAG, 1)
        if _REFUSED.search(tag):
            raise InvalidInput(
                f"The hashtag {shown(tag)} has white space or a # inside.", fix="Write it as one word."
            )
    return tags


def check_caption(caption: str) -> None:
    """At most 2,200 characters."""
    check_length(caption, "caption", MAX_CAPTION)


def _in_tag(character: str) -> bool:
    """Letters, digits and ``_``, and marks (category M): half of the vowels of Hindi and Thai are marks."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
