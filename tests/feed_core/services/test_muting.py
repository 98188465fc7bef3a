"""Muted words: hidden from timelines at once, in every mode, on every page, and from their reader alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.errors import InvalidInput
from feed_core.model.muted_words import MutedWords
from feed_core.model.posts import NewPost, Post
from feed_core.model.timelines import PageRequest, TimelineMode
from feed_core.model.users import NewUser
from tests.feed_core.services.conftest import World

WORDS = ("sun", "sea", "#sea", "snow", "sun sea")
captions = st.lists(st.sampled_from(["sun", "#sea", "sea", "SNOW!", "sunny", "é"]), max_size=3).map(" ".join)


def mute(world: World, user_id: int, *words: str) -> None:
    world.core.settings.edit(user_id, {"muted_words": list(words)})


def test_muting_a_word_counts_at_once_and_for_its_reader_alone(world: World) -> None:
    world.core.graph.follow_many([(world.ann, world.ben), (world.cam, world.ben)])
    sun, snow = world.post(world.ben, "The Sun."), world.post(world.ben, "Snow")
    world.core.drain()
    mute(world, world.ann, "sun")
    assert ids(world.core, world.ann) == [snow.post_id]
    assert set(ids(world.core, world.cam)) == {sun.post_id, snow.post_id}
    mute(world, world.ann)
    assert set(ids(world.core, world.ann)) == {sun.post_id, snow.post_id}


def test_an_edited_caption_is_looked_at_anew(world: World) -> None:
    world.core.graph.follow_many([(world.ann, world.ben)])
    post = world.post(world.ben, "Sun")
    world.core.drain()
    mute(world, world.ann, "#moon", "sun")
    assert ids(world.core, world.ann) == []
    world.edit(post, caption="Rain")
    assert ids(world.core, world.ann) == [post.post_id]
    world.edit(post, hashtags=("moon",))
    assert ids(world.core, world.ann) == []


def test_pairs_of_many_readers_are_told_apart(world: World) -> None:
    sun, snow = world.post(world.dan, "Sun").post_id, world.post(world.dan, "Snow").post_id
    mute(world, world.ann, "sun")
    mute(world, world.ben, "snow")
    everyone = {(reader, id_) for reader in world.people for id_ in (sun, snow, 5)}
    assert world.core.muting.muted(everyone) == {(world.ann, sun), (world.ben, snow)}


@pytest.mark.parametrize("word", ["#", "\u200b", " # "])
def test_a_word_without_characters_is_refused(world: World, word: str) -> None:
    with pytest.raises(InvalidInput):
        mute(world, world.ann, word)
    assert world.core.settings.get(world.ann).muted_words == ()


@pytest.mark.parametrize("mode", ["push", "pull", "hybrid"])
def test_every_page_of_every_mode_is_the_timeline_without_the_hits(
    tmp_path: Path, mode: TimelineMode
) -> None:
    clock = SetClock(1_790_000_000_000)
    core = FeedCore.open(tmp_path, clock=clock, mode=mode, celebrity_threshold=1)
    people = [user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in "abcd"])]
    reader, *authors = people
    core.graph.follow_many([(a, b) for a in people[:3] for b in authors if a != b])
    number = 0

    @given(
        st.lists(st.tuples(st.sampled_from(authors), captions), max_size=6),
        st.sets(st.sampled_from(WORDS)), st.integers(1, 4),
    )  # fmt: skip
    def check(new: list[tuple[int, str]], words: set[str], limit: int) -> None:
        nonlocal number
        for author, caption in new:
            clock.set(clock.now() + 1)
            made.extend(core.posts.publish_many([NewPost(author_id=author, caption=caption)]))
        core.settings.edit(reader, {"muted_words": sorted(words)})
        core.drain()
        muted = MutedWords(words)
        expected = [post.post_id for post in reversed(made) if not muted.hit(post)]
        assert ids(core, reader, limit) == expected[: 5 * limit]
        number += 1

    made: list[Post] = []
    check()
    core.close()
    assert number >= 100


def ids(core: FeedCore, reader: int, limit: int = 20) -> list[int]:
    """The first five pages of a timeline."""
    found, cursor = [], ""
    for _ in range(5):
        page = core.timelines.page_many([PageRequest(user_id=reader, limit=limit, cursor=cursor)])[0]
        found += [entry.post_id for entry in page.entries]
        cursor = page.next_cursor
        if not cursor:
            break
    return found
