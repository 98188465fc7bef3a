"""Hashtags and mentions: found in captions, brought into one spelling, and checked."""

import re
from collections.abc import Iterable

from feed_core.model.errors import InvalidInput
from feed_core.model.rules import check_length, shown

MAX_CAPTION = 2_200
MAX_HASHTAGS = 30
MAX_HASHTAG = 100
_HASHTAG = re.compile(r"(?<![\w#&])#(\w+)")
_MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9._]{1,30})(?![A-Za-z0-9_])")
_REFUSED = re.compile(r"[\s#]")


def hashtags_in(caption: str) -> tuple[str, ...]:
    """Hashtags of the caption, lower case without ``#``, each once, in order."""
    return tuple(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(caption)))


def mentions_in(caption: str) -> tuple[str, ...]:
    """Usernames that the caption mentions with ``@``, lower case, each once, in order."""
    names = (name.rstrip(".").lower() for name in _MENTION.findall(caption))
    return tuple(dict.fromkeys(name for name in names if name))


def all_hashtags(caption: str, given: Iterable[str]) -> tuple[str, ...]:
    """The given hashtags and the caption's, checked, each once.

    Raises ``InvalidInput`` for more than 30, for one longer than 100 characters, for an empty one
    and for one with white space or a ``#`` inside.
    """
    spelled = (tag.removeprefix("#").lower() for tag in given)
    tags = tuple(dict.fromkeys((*spelled, *hashtags_in(caption))))
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
