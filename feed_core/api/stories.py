"""Stories: there for 24 hours; who saw one is for its owner to know."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Paged, UserId
from feed_core.api.fields import Body, Id, IdOut, Outgoing, Text, TimeOut
from feed_core.api.identity import OwnId, Reader
from feed_core.api.posts import MediaBody
from feed_core.api.views import Changed, MediaView, PageView, UserView
from feed_core.api.writes import Writing
from feed_core.core import FeedCore
from feed_core.model.posts import MediaRef
from feed_core.model.stories import NewStory, Story
from feed_core.services.stories import MAX_CAPTION

router = APIRouter(prefix="/v1", tags=["stories"], route_class=StrictRoute)
StoryId = Annotated[Id, Path(description="The story.")]


class NewStoryBody(Body):
    """One photo or video for a day."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"media": {"url": "media/pier.jpg"}, "caption": "Now!"}]}
    )

    media: MediaBody
    caption: Text = Field("", max_length=MAX_CAPTION)


class StoryView(Outgoing):
    """A story. Strong for its owner; others may see it a moment later."""

    story_id: IdOut
    user_id: IdOut
    media: MediaView
    caption: str
    created_at: TimeOut
    expires_at: TimeOut
    views: int | None = Field(None, description="How many saw it; eventual, told to its owner alone.")
    seen: bool = Field(False, description="Whether the reader saw it.")


class StoriesOfPerson(Outgoing):
    """A person's stories, oldest first."""

    user: UserView
    stories: list[StoryView]


class ViewerView(Outgoing):
    """Who saw a story, and when first."""

    viewer_id: IdOut
    at: TimeOut


@router.post("/users/{user_id}/stories", status_code=201, response_model=StoryView)
def publish_story(user_id: UserId, body: NewStoryBody, core: Core, write: Writing) -> Response:
    """Publish a story; gone by itself after 24 hours."""
    new = NewStory(user_id=user_id, media=MediaRef(**body.media.model_dump()), caption=body.caption)
    return write.answer(user_id, lambda: StoryView.of(core.stories.publish_many([new])[0]), 201)


@router.get("/users/{user_id}/stories")
def stories_of_user(user_id: UserId, core: Core, reader: Reader) -> PageView[StoryView]:
    """The user's stories, oldest first. 403 for a private account that the reader does not follow."""
    return PageView(items=_shown(core, reader, core.stories.of_user(reader, user_id)), next_cursor="")


@router.get("/users/{user_id}/story-tray")
def story_tray(user_id: OwnId, core: Core) -> PageView[StoriesOfPerson]:
    """Stories of the people one follows: those with unseen ones first, then the newest; for oneself."""
    tray = core.stories.tray(user_id)
    users = core.accounts.get_many({stories[0].user_id for stories in tray})
    shown = {story.story_id: story for story in _shown(core, user_id, [s for some in tray for s in some])}
    items = [
        StoriesOfPerson(
            user=UserView.of(users[stories[0].user_id]), stories=[shown[story.story_id] for story in stories]
        )
        for stories in tray
        if stories[0].user_id in users
    ]
    return PageView(items=items, next_cursor="")


@router.delete("/users/{user_id}/stories/{story_id}", response_model=Changed)
def delete_story(user_id: UserId, story_id: StoryId, core: Core, write: Writing) -> Response:
    """Delete a story of one's own at once, with its views."""

    def act() -> Changed:
        core.stories.delete(user_id, story_id)
        return Changed(changed=True)

    return write.answer(user_id, act)


@router.put("/users/{user_id}/stories/{story_id}/views/{viewer_id}", response_model=Changed)
def view_story(
    user_id: UserId, story_id: StoryId, viewer_id: Annotated[Id, Path()], core: Core, write: Writing
) -> Response:
    """Say that one saw a story. Counts once; seeing one's own does not count."""

    def act() -> Changed:
        return Changed(changed=core.stories.view(viewer_id, user_id, story_id))

    return write.answer(viewer_id, act)


@router.get("/users/{user_id}/stories/{story_id}/views")
def story_viewers(user_id: OwnId, story_id: StoryId, core: Core, page: Paged) -> PageView[ViewerView]:
    """Who saw one's story, in order of id; eventual, for its owner alone."""
    found = core.stories.viewers(user_id, story_id, page.after, page.limit)
    following = str(found[-1].viewer_id) if len(found) == page.limit else ""
    people = core.visibility.seen_people(user_id, {view.viewer_id for view in found})
    items = [ViewerView.of(view) for view in found if view.viewer_id in people]
    return PageView(items=items, next_cursor=following)


def _shown(core: FeedCore, reader_id: int, stories: Sequence[Story]) -> list[StoryView]:
    seen = core.stories.viewed(reader_id, stories) if reader_id else set()
    views = core.stories.counts([story for story in stories if story.user_id == reader_id])
    return [
        StoryView.of(story).model_copy(
            update={"views": views.get(story.story_id), "seen": story.story_id in seen}
        )
        for story in stories
    ]
