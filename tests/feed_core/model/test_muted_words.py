"""Which posts a muted word hits, against the plain definition: cut the text into words, then look."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feed_core.model.captions import hashtags_in
from feed_core.model.muted_words import MutedWords, spelling
from feed_core.model.posts import Post


def post(caption: str = "", *tags: str) -> Post:
    return Post(
        post_id=1, author_id=2, caption=caption, hashtags=(*tags, *hashtags_in(caption)), mentions=(),
        place="", media=(), created_at=0, updated_at=0,
    )  # fmt: skip


def flag(region: str) -> str:
    """A black flag with the tags of a region, such as England's."""
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"


@pytest.mark.parametrize(
    ("word", "caption"),
    [
        ("spoiler", "A SPOILER, sorry"), ("spoiler", "#Spoiler"), ("#spoiler", "so #SPOILER"),
        ("Straße", "die STRASSE"), ("é", "e\u0301"), ("ﬁn", "fin"), ("ａｂｃ", "abc"), ("a", "ba a"),
        ("new york", "New\n  York!"), ("c++", "I write c++."), ("❤️", "all ❤ here"), ("don't", "Don't"),
        ("ネタバレ", "これはネタバレです"), ("剧透", "有剧透哦"), ("сад", "Сад."), ("ann", "@ann hi"),
        ("été", "l'été"), ("spoiler", "spoi\u200bler"), ("#हिन्दी", "#हिन्दी"),
        (flag("gbeng"), f"Up {flag('gbeng')}!"),
    ],
)  # fmt: skip
def test_a_word_hits_however_it_is_spelled(word: str, caption: str) -> None:
    assert MutedWords([word]).hit(post(caption))


@pytest.mark.parametrize(
    "invisible",
    [
        "\u00ad", "\u034f", "\u061c", "\u115f", "\u17b4", "\u180b", "\u180e", "\u200d", "\u202e", "\u2066",
        "\u2069", "\u206a", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\U0001d173", "\U000e0001",
        "\U000e0061\U000e007f", "\U000e0100", "\u200b\U000e0061",
    ],
)  # fmt: skip
def test_a_word_hits_whatever_invisible_character_is_put_into_it(invisible: str) -> None:
    assert MutedWords(["spoiler"]).hit(post(f"a spo{invisible}iler"))
    assert MutedWords([f"spo{invisible}iler"]).hit(post("", "spoiler"))


@pytest.mark.parametrize(
    ("word", "caption"),
    [
        ("art", "a party"), ("art", "#startart"), ("art", "art_deco"), ("art", "art2"), ("e", "é"),
        ("#spoiler", "a spoiler"), ("#spoiler", "#spoilers"), ("new york", "newyork"), ("spoiler", ""),
        ("c++", "c+"), ("сад", "садик"), ("#", "#"), (" ", "a b"), ("\u200b", "a"), ("e", "e\u0331"),
        (flag("gbeng"), f"Up {flag('gbsct')}!"), (flag("gbeng"), "\U0001f3f4"),
    ],
)  # fmt: skip
def test_a_word_does_not_hit_parts_of_words(word: str, caption: str) -> None:
    assert not MutedWords([word]).hit(post(caption))


def test_a_hashtag_beside_the_caption_is_hit_too() -> None:
    assert MutedWords(["#late"]).hit(post("", "late"))
    assert MutedWords(["late"]).hit(post("on time", "late"))
    assert not MutedWords(["on late"]).hit(post("on", "late"))


def test_nothing_muted_hits_nothing() -> None:
    assert not MutedWords(["", "#", "\ufeff"])
    assert not MutedWords([]).hit(post("anything #at all"))


LETTERS = "aAbBéÉßΣσςıİ1_ 日\u0301#-+.\n\u200bﬀ"
texts = st.text(LETTERS, max_size=12)
words = st.text(LETTERS, min_size=1, max_size=3)
tags = st.text("abé1-ß", min_size=1, max_size=3)


def inside(character: str) -> bool:
    """Whether a character is part of a word, here where the only unspaced script is one sign."""
    return character not in "日" and (character == "_" or unicodedata.category(character)[0] in "LMN")


def parts(text: str) -> list[str]:
    """Runs of word characters, and every other character by itself."""
    cut: list[str] = []
    for character in text:
        if cut and inside(character) and inside(cut[-1][-1]):
            cut[-1] += character
        else:
            cut.append(character)
    return cut


def hits(word: str, caption: str, given: list[str]) -> bool:
    """The plain definition: the parts of the word stand one after the other among those of the text."""
    plain, spelled = spelling(word), [spelling(tag) for tag in given]
    if plain.startswith("#"):
        return plain[1:] in spelled and plain != "#"
    wanted = parts(plain)
    lists = [parts(text) for text in (spelling(caption), *spelled)]
    found = (some[at : at + len(wanted)] for some in lists for at in range(len(some)))
    return bool(wanted) and any(run == wanted for run in found)


@given(words, texts, st.lists(tags, max_size=2))
@example("a", "\u0301a", [])
@example("ff", "ﬀ", [])
@example("aa", "aaa aa", [])
def test_a_word_hits_what_the_plain_definition_says(word: str, caption: str, given_tags: list[str]) -> None:
    shown = post(caption, *given_tags)
    assert MutedWords([word]).hit(shown) == hits(word, caption, list(shown.hashtags))


@given(st.lists(words, max_size=4), texts)
def test_many_words_hit_when_one_does(some: list[str], caption: str) -> None:
    assert MutedWords(some).hit(post(caption)) == any(MutedWords([word]).hit(post(caption)) for word in some)


@given(st.text(max_size=30))
def test_a_text_reads_the_same_in_every_composed_form(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert spelling(unicodedata.normalize(form, text)) == spelling(text)
