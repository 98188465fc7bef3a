"""Muted words: which posts a person does not want to meet, by the words in them."""

import re
import unicodedata
from collections.abc import Iterable

from feed_core.model.posts import Post

_TAGS = "\U000e0020-\U000e007f"
_IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point: what shows nothing."""
_INVISIBLE = re.compile(f"[{_IGNORED}](?<![\U0001f3f4{_TAGS}][{_TAGS}])[{_IGNORED}]*")
"""Runs of such characters; but the tags behind a black flag say whose flag it is."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: scripts that put no spaces between words."""


class MutedWords:
    """A word hits a post with it in the caption or in a hashtag, whole; ``#word`` hits that hashtag alone.

    Case, width, composed forms (NFKC), invisible characters and the length of white space make no
    difference; accents do. In scripts without spaces a word hits wherever it stands.
    """

    def __init__(self, words: Iterable[str]) -> None:
        spelled = {spelling(word) for word in words} - {"", "#"}
        self._tags = frozenset(word[1:] for word in spelled if word[0] == "#")
        self._words = tuple(sorted(word for word in spelled if word[0] != "#"))

    def __bool__(self) -> bool:
        return bool(self._tags or self._words)

    def hit(self, post: Post) -> bool:
        """Whether the post holds one of the words."""
        tags = [spelling(tag) for tag in post.hashtags]
        if not self._tags.isdisjoint(tags):
            return True
        text = "\n".join((spelling(post.caption), *tags))
        return any(word in text and _stands_whole(word, text) for word in self._words)


def spelling(text: str) -> str:
    """What is compared: one spelling of all that read the same."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    folded = unicodedata.normalize("NFKC", plain.casefold())
    return " ".join(folded.split())


def _stands_whole(word: str, text: str) -> bool:
    """Whether ``word`` is somewhere in ``text`` with no letter, digit or accent run on at either end."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_runs_on(text[at - 1 : at], text[at]) or _runs_on(text[end - 1], text[end : end + 1])):
            return True
        at = text.find(word, at + 1)
    return False


def _runs_on(before: str, after: str) -> bool:
    """Whether two neighbours belong to one word; the ends of the text have no neighbour ("")."""
    return _joins(before) and _joins(after)


def _joins(character: str) -> bool:
    if not character or _UNSPACED.match(character):
        return False
    return character == "_" or unicodedata.category(character)[0] in "LNM"
