"""What was posted at a place."""

from dataclasses import dataclass

from feed_core.model.posts import PostPage
from feed_core.model.rules import check_length
from feed_core.ports.posts import Posts
from feed_core.services.post_edits import MAX_PLACE
from feed_core.services.post_pages import post_page


@dataclass(frozen=True)
class PlaceService:
    """A place is its name, letter by letter, as authors wrote it."""

    posts: Posts

    def page(self, place: str, limit: int = 20, cursor: str = "") -> PostPage:
        """The posts at the place, newest first, whoever may see them; nothing for an unknown place.

        Raises ``InvalidInput``.
        """
        check_length(place, "place", MAX_PLACE, 1)
        return post_page(
            lambda before, count: self.posts.by_place(place, before, count),
            limit,
            cursor,
            f"by_place:{place}",
        )
