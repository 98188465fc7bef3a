"""The media catalogue: what is known about the photos and videos of posts."""

from typing import Annotated

from fastapi import APIRouter, Path

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Paged, PostId
from feed_core.api.fields import Id, IdOut, Outgoing, TimeOut
from feed_core.api.identity import OwnId, Reader
from feed_core.api.views import PageView
from feed_core.model.posts import MediaType

router = APIRouter(prefix="/v1", tags=["media"], route_class=StrictRoute)
MediaId = Annotated[Id, Path(description="The photo or video.")]


class CataloguedView(Outgoing):
    """A photo or video in the catalogue: entered with its post, removed with it for good.

    ``compressed_url`` and ``thumbnail_url`` are "" until they are made; sizes are 0 when unknown.
    """

    media_id: IdOut
    user_id: IdOut
    post_id: IdOut
    media_type: MediaType
    original_url: str
    compressed_url: str
    thumbnail_url: str
    width: int
    height: int
    file_size: int
    duration_ms: int
    format: str
    created_at: TimeOut


@router.get("/posts/{post_id}/media")
def media_of_post(post_id: PostId, core: Core, reader: Reader) -> PageView[CataloguedView]:
    """The photos and videos of a post, in its order; 404 when it is deleted or not the reader's to see."""
    found = core.media.of_post(reader, post_id)
    return PageView(items=[CataloguedView.of(each) for each in found], next_cursor="")


@router.get("/media/{media_id}")
def read_media(media_id: MediaId, core: Core, reader: Reader) -> CataloguedView:
    """One photo or video; 404 unless the reader may see its post."""
    return CataloguedView.of(core.media.require(reader, media_id))


@router.get("/users/{user_id}/media")
def media_of_user(user_id: OwnId, core: Core, page: Paged) -> PageView[CataloguedView]:
    """All that one owns in order of id, that of deleted posts too until these are gone for good; for
    oneself alone."""
    core.accounts.require(user_id)
    found = core.media.of_user(user_id, page.after, page.limit)
    following = str(found[-1].media_id) if len(found) == page.limit else ""
    return PageView(items=[CataloguedView.of(each) for each in found], next_cursor=following)
