"""Trays and viewers of stories: how many, in which order, and for whom."""

import pytest

from feed_core.model.clock import HOUR
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.posts import MediaRef
from feed_core.model.stories import NewStory, Story
from feed_core.model.users import NewUser
from feed_core.services.stories import MAX_CAPTION, MAX_TRAY
from tests.feed_core.services.conftest import NOW, World

PHOTO = MediaRef(url="s.jpg")


def tell(world: World, *user_ids: int) -> list[Story]:
    return world.core.stories.publish_many([NewStory(user_id=id_, media=PHOTO) for id_ in user_ids])


def crowd(world: World, count: int) -> list[int]:
    users = world.core.accounts.create_many([NewUser(username=f"u{n}") for n in range(count)])
    return [user.user_id for user in users]


def test_a_tray_holds_the_two_hundred_people_with_the_newest_stories(world: World) -> None:
    people = crowd(world, MAX_TRAY + 5)
    world.core.graph.follow_many([(world.ann, id_) for id_ in people])
    for at in range(0, len(people), 41):
        world.clock.set(NOW + at)
        tell(world, *people[at : at + 41])
    tray = world.core.stories.tray(world.ann)
    assert len(tray) == MAX_TRAY
    newest = [(some[-1].created_at, some[-1].story_id) for some in tray]
    assert newest == sorted(newest, reverse=True)
    assert min(newest)[0] == NOW
    assert len({some[0].user_id for some in tray}) == MAX_TRAY


def test_a_person_is_seen_when_every_one_of_their_stories_is(world: World) -> None:
    world.core.graph.follow_many([(world.ann, world.ben), (world.ann, world.cam)])
    first, second = tell(world, world.ben, world.ben)
    world.clock.set(NOW + 1)
    tell(world, world.cam)

    def order() -> list[int]:
        return [some[0].user_id for some in world.core.stories.tray(world.ann)]

    (cams,) = world.core.stories.of_user(world.ann, world.cam)
    world.core.stories.view(world.ann, world.cam, cams.story_id)
    assert order() == [world.ben, world.cam]
    world.core.stories.view(world.ann, world.ben, first.story_id)
    assert order() == [world.ben, world.cam]
    world.core.stories.view(world.ann, world.ben, second.story_id)
    assert order() == [world.cam, world.ben]


def test_a_tray_leaves_out_whoever_may_not_be_seen_any_more(world: World) -> None:
    world.core.graph.follow_many([(world.ann, who) for who in (world.ben, world.cam, world.dan)])
    tell(world, world.ann, world.ben, world.cam, world.dan)
    world.core.graph.block_many([(world.cam, world.ann)])
    world.core.profiles.delete(world.dan)
    assert [some[0].user_id for some in world.core.stories.tray(world.ann)] == [world.ben]
    world.clock.set(NOW + 24 * HOUR)
    assert world.core.stories.tray(world.ann) == []


def test_viewers_are_paged_in_order_of_id_and_told_to_the_owner_alone(world: World) -> None:
    (story,) = tell(world, world.ann)
    fans = crowd(world, 7)
    for fan in reversed(fans):
        world.core.stories.view(fan, world.ann, story.story_id)
    found, after = list[int](), 0
    while page := world.core.stories.viewers(world.ann, story.story_id, after, 3):
        found += [view.viewer_id for view in page]
        after = found[-1]
    assert found == sorted(fans)
    assert world.core.stories.counts([story]) == {story.story_id: 7}
    with pytest.raises(NotFound, match=str(story.story_id)):
        world.core.stories.viewers(world.ben, story.story_id)
    with pytest.raises(InvalidInput, match="limit"):
        world.core.stories.viewers(world.ann, story.story_id, 0, 0)


def test_a_deleted_story_takes_its_views_along(world: World) -> None:
    first, second = tell(world, world.ann, world.ann)
    for story in (first, second):
        world.core.stories.view(world.ben, world.ann, story.story_id)
    world.core.stories.delete(world.ann, first.story_id)
    assert world.core.stories.counts([first, second]) == {first.story_id: 0, second.story_id: 1}
    assert world.core.stories.viewed(world.ben, [first, second]) == {second.story_id}
    with pytest.raises(NotFound):
        world.core.stories.delete(world.ann, first.story_id)


def test_one_story_that_breaks_a_rule_publishes_none(world: World, nobody: int) -> None:
    fine = NewStory(user_id=world.ann, media=PHOTO, caption="é" * MAX_CAPTION)
    for bad, error in (
        (NewStory(user_id=world.ann, media=PHOTO, caption="x" * (MAX_CAPTION + 1)), InvalidInput),
        (NewStory(user_id=nobody, media=PHOTO), NotFound),
        (NewStory(user_id=0, media=PHOTO), InvalidInput),
    ):
        with pytest.raises(error):
            world.core.stories.publish_many([fine, bad])
    assert world.core.stories.of_user(world.ben, world.ann) == []
    (story,) = world.core.stories.publish_many([fine])
    assert (story.expires_at, story.caption) == (NOW + 24 * HOUR, fine.caption)
