"""Posts: publish, read, edit, delete, list by author, count."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import ActingId, Core, Cursor, PostId, UserId
from feed_core.api.fields import Body, Id, Limit, Text
from feed_core.api.hydration import shown_page, shown_posts
from feed_core.api.identity import OwnId, Reader
from feed_core.api.views import Changed, CountsView, PageView, PostView, ShownPost
from feed_core.api.writes import Writing
from feed_core.model.captions import MAX_CAPTION, MAX_HASHTAG, MAX_HASHTAGS
from feed_core.model.posts import MediaRef, MediaType, NewPost, PostEdit
from feed_core.services.media_rules import (
    MAX_DURATION_MS,
    MAX_FILE_SIZE,
    MAX_FORMAT,
    MAX_PIXELS,
    MAX_URL,
)
from feed_core.services.post_edits import MAX_PLACE
from feed_core.services.posts import MAX_MEDIA, MAX_MENTIONS

router = APIRouter(prefix="/v1", tags=["posts"], route_class=StrictRoute)

Hashtag = Annotated[Text, Field(min_length=1, max_length=MAX_HASHTAG + 1)]
Hashtags = Annotated[list[Hashtag], Field(max_length=MAX_HASHTAGS)]
Mentions = Annotated[list[Id], Field(max_length=MAX_MENTIONS)]
Caption = Annotated[Text, Field(max_length=MAX_CAPTION)]
Place = Annotated[Text, Field(max_length=MAX_PLACE)]
Pixels = Annotated[int, Field(ge=0, le=MAX_PIXELS)]


class MediaBody(Body):
    """One photo or video by its address; upload is not part of this release."""

    url: Text = Field(min_length=1, max_length=MAX_URL)
    media_type: MediaType = "photo"
    width: Pixels = 0
    height: Pixels = 0
    duration_ms: int = Field(0, ge=0, le=MAX_DURATION_MS)
    file_size: int = Field(0, ge=0, le=MAX_FILE_SIZE, description="Bytes; 0 when unknown.")
    format: Text = Field("", max_length=MAX_FORMAT, examples=["jpeg"])


class NewPostBody(Body):
    """A post. Hashtags and mentions in the caption are added to the lists."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "author_id": "3409561203712000001",
                    "caption": "First light over the pier #sunrise",
                    "hashtags": ["harbour"],
                    "place": "Brighton",
                    "media": [{"url": "media/pier.jpg", "width": 1080, "height": 1350}],
                }
            ]
        }
    )

    author_id: Id
    caption: Caption = ""
    hashtags: Hashtags = Field([])
    mentions: Mentions = Field([])
    place: Place = ""
    media: list[MediaBody] = Field([], max_length=MAX_MEDIA)

    def to_model(self) -> NewPost:
        """The record that the core takes."""
        return NewPost(
            author_id=self.author_id, caption=self.caption, hashtags=tuple(self.hashtags),
            mentions=tuple(self.mentions), place=self.place,
            media=tuple(MediaRef(**media.model_dump()) for media in self.media),
        )  # fmt: skip


class EditBody(Body):
    """What changes; fields that are left out stay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"author_id": "3409561203712000001", "caption": "First light #sunrise"}]
        }
    )

    author_id: Id
    caption: Caption | None = None
    hashtags: Hashtags | None = None
    place: Place | None = None

    def to_model(self, post_id: int) -> PostEdit:
        """The record that the core takes."""
        return PostEdit(
            author_id=self.author_id, post_id=post_id, caption=self.caption, place=self.place,
            hashtags=None if self.hashtags is None else tuple(self.hashtags),
        )  # fmt: skip


@router.post("/posts", status_code=201, response_model=PostView)
def publish(body: NewPostBody, core: Core, write: Writing) -> Response:
    """Publish a post. Readable at once; in followers' timelines when the log has been worked through."""
    return write.answer(
        body.author_id, lambda: PostView.of(core.posts.publish_many([body.to_model()])[0]), 201
    )


@router.get("/posts/{post_id}")
def read_post(post_id: PostId, core: Core, reader: Reader) -> ShownPost:
    """A post with author and counts; 404 when it is deleted or not the reader's to see, from that moment on.
    An edit is shown at once to its author, to others usually within milliseconds, after a minute at most."""
    core.visibility.require_post(reader, post_id)
    return shown_posts(core, reader, [post_id])[post_id]


@router.patch("/posts/{post_id}", response_model=PostView)
def edit(post_id: PostId, body: EditBody, core: Core, write: Writing) -> Response:
    """Change a post of one's own. The author reads it back at once, others within a minute at most."""
    change = body.to_model(post_id)
    return write.answer(body.author_id, lambda: PostView.of(core.posts.edit_many([change])[0]))


@router.delete("/posts/{post_id}", response_model=Changed)
def delete(post_id: PostId, author_id: ActingId, core: Core, write: Writing) -> Response:
    """Delete a post of one's own; it is gone from reads and timelines at once, for good after 30 days."""

    def act() -> Changed:
        core.posts.delete_many(author_id, [post_id])
        return Changed(changed=True)

    return write.answer(author_id, act)


@router.post("/posts/{post_id}/restore", response_model=PostView)
def restore(post_id: PostId, author_id: ActingId, core: Core, write: Writing) -> Response:
    """Bring a deleted post of one's own back within 30 days, with its likes, comments and shares.

    Readable at once; in timelines again when the log has been worked through.
    """
    return write.answer(author_id, lambda: PostView.of(core.posts.restore(author_id, post_id)))


@router.get("/users/{user_id}/deleted-posts")
def deleted_posts(user_id: OwnId, core: Core, limit: Limit = 20) -> PageView[PostView]:
    """What one can still restore, deleted last first; for oneself alone."""
    return PageView(
        items=[PostView.of(post) for post in core.posts.deleted_by(user_id, limit)], next_cursor=""
    )


@router.get("/posts/{post_id}/counts")
def counts(post_id: PostId, core: Core, reader: Reader) -> CountsView:
    """Likes, comments, shares, saves; eventually consistent."""
    core.visibility.require_post(reader, post_id)
    return CountsView.of(core.posts.counts_many([post_id])[post_id])


@router.get("/users/{user_id}/posts")
def by_author(
    user_id: UserId, core: Core, reader: Reader, limit: Limit = 20, cursor: Cursor = ""
) -> PageView[ShownPost]:
    """The profile page: what the user has posted, newest first. 403 for a private account that the reader
    does not follow."""
    core.visibility.require_profile(reader, user_id)
    return shown_page(core, reader, core.posts.by_author(user_id, limit, cursor))
