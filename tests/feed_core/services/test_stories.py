"""Stories: a day, who saw them, who may."""

import pytest

from feed_core.model.clock import HOUR
from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.posts import MediaRef
from feed_core.model.stories import NewStory, Story
from feed_core.services.profiles import ProfileEdit
from tests.feed_core.services.conftest import NOW, World


def tell(world: World, user_id: int) -> Story:
    return world.core.stories.publish_many([NewStory(user_id=user_id, media=MediaRef(url="s.jpg"))])[0]


def test_a_story_is_there_for_a_day(world: World) -> None:
    story = tell(world, world.ann)
    assert world.core.stories.of_user(world.ben, world.ann) == [story]
    world.clock.set(NOW + 24 * HOUR)
    assert world.core.stories.of_user(world.ben, world.ann) == []
    with pytest.raises(NotFound):
        world.core.stories.view(world.ben, world.ann, story.story_id)


def test_views_count_once_and_ones_own_do_not(world: World) -> None:
    story = tell(world, world.ann)
    view = world.core.stories.view
    assert [view(who, world.ann, story.story_id) for who in (world.ben, world.ben, world.ann)] == [
        True, False, False,
    ]  # fmt: skip
    assert world.core.stories.counts([story]) == {story.story_id: 1}
    assert [one.viewer_id for one in world.core.stories.viewers(world.ann, story.story_id)] == [world.ben]
    assert world.core.stories.viewed(world.ben, [story]) == {story.story_id}


def test_only_who_may_see_the_owner_sees_and_counts(world: World) -> None:
    story = tell(world, world.ann)
    world.core.profiles.edit(world.ann, ProfileEdit(private=True))
    with pytest.raises(Forbidden):
        world.core.stories.of_user(world.ben, world.ann)
    with pytest.raises(NotFound):
        world.core.stories.view(world.ben, world.ann, story.story_id)
    assert world.core.stories.of_user(world.ann, world.ann) == [story]


def test_the_tray_puts_the_unseen_first_and_leaves_the_muted_out(world: World) -> None:
    world.core.graph.follow_many([(world.dan, who) for who in (world.ann, world.ben, world.cam)])
    world.core.graph.mute_many([(world.dan, world.cam)])
    for step, who in enumerate((world.ann, world.ben, world.cam)):
        world.clock.set(NOW + step)
        tell(world, who)
    newest = world.core.stories.of_user(world.dan, world.ben)[0]
    assert [some[0].user_id for some in world.core.stories.tray(world.dan)] == [world.ben, world.ann]
    world.core.stories.view(world.dan, world.ben, newest.story_id)
    assert [some[0].user_id for some in world.core.stories.tray(world.dan)] == [world.ann, world.ben]


def test_a_deleted_story_is_gone_and_only_its_owner_deletes(world: World) -> None:
    story = tell(world, world.ann)
    with pytest.raises(NotFound):
        world.core.stories.delete(world.ben, story.story_id)
    world.core.stories.delete(world.ann, story.story_id)
    assert world.core.stories.of_user(world.ben, world.ann) == []


@pytest.mark.parametrize("media", [MediaRef(url=""), MediaRef(url="x" * 3_000), MediaRef(url="x", width=-1)])
def test_bad_media_are_refused(world: World, media: MediaRef) -> None:
    with pytest.raises(InvalidInput):
        world.core.stories.publish_many([NewStory(user_id=world.ann, media=media)])
    assert world.core.stories.of_user(world.ann, world.ann) == []
