"""Places: what was posted at one."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, Cursor
from feed_core.api.fields import Limit, Text
from feed_core.api.hydration import shown_page
from feed_core.api.identity import Reader
from feed_core.api.views import PageView, ShownPost
from feed_core.services.post_edits import MAX_PLACE

router = APIRouter(prefix="/v1/places", tags=["places"], route_class=StrictRoute)
PlaceName = Annotated[
    Text,
    Field(min_length=1, max_length=MAX_PLACE),
    Path(description="The place as posts name it, letter by letter.", examples=["Brighton"]),
]


@router.get("/{place:path}/posts")
def by_place(
    place: PlaceName, core: Core, reader: Reader, limit: Limit = 20, cursor: Cursor = ""
) -> PageView[ShownPost]:
    """The posts at a place that the reader may see, newest first; none for a place that no post names.

    Whoever posted or moved a post reads it here at once; others may a moment later.
    """
    return shown_page(core, reader, core.places.page(place, limit, cursor))
