"""An edit takes with it what the old caption brought, and leaves what was given beside it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.posts import Post, PostEdit
from feed_core.services.post_edits import edited_post, names_in

TAGS, NAMES = ("sea", "sun", "snow"), {"ann": 1, "ben": 2, "cam": 3}
NOBODY = 99
"""Mentioned beside the caption, and in none."""
some_tags, some_names = (
    st.lists(st.sampled_from(words), unique=True, max_size=3) for words in (TAGS, sorted(NAMES))
)


def caption(tags: list[str], names: list[str]) -> str:
    return " ".join([*(f"#{tag}" for tag in tags), *(f"@{name}" for name in names)])


def edit_of(**changes: object) -> PostEdit:
    return msgspec.convert({"author_id": 7, "post_id": 1, **changes}, PostEdit)


captions = st.tuples(some_tags, some_names)


def post_of(tags: list[str], names: list[str], given_tags: list[str]) -> Post:
    every = tuple(dict.fromkeys([*given_tags, *tags]))
    return Post(
        post_id=1, author_id=7, caption=caption(tags, names), hashtags=every,
        mentions=(NOBODY, *(NAMES[name] for name in names)), place="Nice", media=(), created_at=10,
        updated_at=20,
    )  # fmt: skip


@given(captions, captions, some_tags, st.integers(0, 40))
def test_tags_and_mentions_follow_the_caption(
    old: tuple[list[str], list[str]], new: tuple[list[str], list[str]], beside: list[str], now: int
) -> None:
    before = post_of(*old, beside)
    edit = edit_of(caption=caption(*new))
    named = {name: NAMES[name] for name in names_in([edit], [before])}
    after = edited_post(before, edit, named, now)
    assert after.caption == caption(*new)
    assert set(after.hashtags) == (set(beside) - set(old[0])) | set(new[0])
    assert set(after.mentions) == {NOBODY, *(NAMES[name] for name in new[1])}
    assert len(after.mentions) == len(set(after.mentions))
    assert after.updated_at == max(now, 21)
    assert (after.place, after.created_at, after.author_id) == ("Nice", 10, 7)


@given(captions, some_tags)
def test_without_a_caption_nothing_of_it_changes(
    old: tuple[list[str], list[str]], given_tags: list[str]
) -> None:
    before = post_of(*old, given_tags)
    assert names_in([edit_of(place="Oslo")], [before]) == set()
    moved = edited_post(before, edit_of(place="Oslo"), {}, 30)
    assert moved == msgspec.structs.replace(before, place="Oslo", updated_at=30), "not even the order"
    tagged = edited_post(before, edit_of(hashtags=tuple(given_tags)), {}, 30)
    assert set(tagged.hashtags) == {*given_tags, *old[0]}, "what the caption says stays said"


def test_mentions_of_people_who_left_go_with_the_old_caption() -> None:
    before = post_of([], ["ann", "ben"], [])
    alone = edited_post(before, edit_of(caption="alone"), {"ben": 2}, 30, gone={1})
    assert alone.mentions == (NOBODY,)
    moved = edited_post(before, edit_of(place="Oslo"), {}, 30, gone={1})
    assert moved.mentions == before.mentions
