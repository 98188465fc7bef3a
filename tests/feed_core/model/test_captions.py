"""Hashtags and mentions are found, spelled one way, and kept within bounds."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.captions import (
    MAX_HASHTAG,
    MAX_HASHTAGS,
    all_hashtags,
    check_caption,
    hashtags_in,
    mentions_in,
    tag_spelling,
)
from feed_core.model.errors import InvalidInput


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("", ()),
        ("no tags", ()),
        ("#Sun and #sea, #SUN!", ("sun", "sea")),
        ("#été#hiver", ("été",)),
        ("(#brackets) #under_score #2026", ("brackets", "under_score", "2026")),
        ("a#b &#39; # alone ##twice", ()),
        ("#ÅNGSTRÖM #日本", ("ångström", "日本")),
        ("#हिन्दी #दिल्ली, #ภาษาไทยดี", ("हिन्दी", "दिल्ली", "ภาษาไทยดี")),
        ("#Cafe\u0301 noir #café", ("café",)),
        ("#\u0301 \u2764\ufe0f#love\u2764\ufe0f", ("love",)),
        ("#a-b#c #d's,#e", ("a", "d", "e")),
    ],
)
def test_hashtags_of_a_caption(caption: str, tags: tuple[str, ...]) -> None:
    assert hashtags_in(caption) == tags


@pytest.mark.parametrize(
    ("caption", "names"),
    [
        ("with @Ann, @ben.b and @ann.", ("ann", "ben.b")),
        ("mail me@example.org", ()),
        ("@", ()),
        ("@" + "a" * 31, ()),
        ("@" + "a" * 29 + ".bcd", ()),
        ("@" + "a" * 30 + ".bcd @" + "b" * 30 + "...", ("b" * 30,)),
        ("(@cam_1)", ("cam_1",)),
    ],
)
def test_mentions_of_a_caption(caption: str, names: tuple[str, ...]) -> None:
    assert mentions_in(caption) == names


def test_given_hashtags_join_those_of_the_caption_once() -> None:
    assert all_hashtags("#sea #Sun", ["#SUN", "hip-hop"]) == ("sun", "hip-hop", "sea")


@given(st.text(max_size=20))
def test_a_hashtag_has_one_spelling_in_every_canonical_form(text: str) -> None:
    spelled = tag_spelling(text)
    for form in ("NFC", "NFD"):
        assert tag_spelling(unicodedata.normalize(form, text)) == spelled


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_a_plain_hashtag_stays_but_for_its_case(text: str) -> None:
    assert tag_spelling(text) == text.removeprefix("#").lower()


def test_given_hashtags_and_those_of_the_caption_are_spelled_alike() -> None:
    assert all_hashtags("#cafe\u0301", ["CAFE\u0301", "#café"]) == ("café",)


@pytest.mark.parametrize(
    "tag", ["", "#", "two words", "a#b", "t" * (MAX_HASHTAG + 1), "t" * 10_240, "\ud800"]
)
def test_a_hashtag_that_breaks_a_rule_is_refused(tag: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        all_hashtags("", [tag])
    assert refused.value.fix
    assert len(str(refused.value)) < 300


def test_more_than_thirty_hashtags_are_refused() -> None:
    tags = [f"tag{i}" for i in range(MAX_HASHTAGS)]
    assert len(all_hashtags("", tags)) == MAX_HASHTAGS
    with pytest.raises(InvalidInput, match="31 hashtags"):
        all_hashtags("#onemore", tags)


@pytest.mark.parametrize("caption", ["c" * 2_201, "\udfff"])
def test_a_caption_that_breaks_a_rule_is_refused(caption: str) -> None:
    with pytest.raises(InvalidInput, match="caption"):
        check_caption(caption)


@given(st.text(max_size=300))
def test_found_hashtags_and_mentions_are_lower_case_and_unlike(caption: str) -> None:
    for found in (hashtags_in(caption), mentions_in(caption)):
        assert len(set(found)) == len(found)
        assert all(each == each.lower() and each for each in found)
