"""The catalogue of the photos and videos that posts show."""

from collections.abc import Sequence
from dataclasses import dataclass

from feed_core.model.errors import NotFound
from feed_core.model.ids import Ids
from feed_core.model.media import Media
from feed_core.model.posts import MediaRef, Post
from feed_core.model.rules import check_id, check_limit
from feed_core.ports.event_log import EventLog
from feed_core.ports.media import MediaCatalog
from feed_core.services.journal import log_media
from feed_core.services.visibility import Visibility


@dataclass(frozen=True)
class MediaService:
    """Media by id, by post and by owner, seen by whoever may see the post."""

    catalog: MediaCatalog
    events: EventLog
    visibility: Visibility
    ids: Ids

    def catalogue(self, posts: Sequence[Post]) -> None:
        """Enter what new posts show, in their order, with the posts' owners; inside their transaction.

        Each entry is a whole record in the topic ``media``.
        """
        shown = [(post, media) for post in posts for media in post.media]
        ids = self.ids.for_owners([post.author_id for post, _ in shown])
        entries = [_entry(id_, post, media) for id_, (post, media) in zip(ids, shown, strict=True)]
        if entries:
            self.catalog.put(entries)
            log_media(self.events, entries)

    def of_post(self, reader_id: int, post_id: int) -> list[Media]:
        """The post's media in its order. Raises ``NotFound`` when the reader may not see the post."""
        self.visibility.require_post(reader_id, post_id)
        return self.catalog.of_posts((post_id,)).get(post_id, [])

    def require(self, reader_id: int, media_id: int) -> Media:
        """Raises ``NotFound`` when there is no such media on a post that the reader may see."""
        check_id(media_id, "media id")
        media = self.catalog.get_many((media_id,)).get(media_id)
        if media is None or not self.visibility.seen_posts(reader_id, (media.post_id,)):
            raise NotFound(f"There is no media {media_id}.", fix="Check the media id.")
        return media

    def of_user(self, user_id: int, after_id: int, limit: int) -> list[Media]:
        """What the user owns, in order of id; of deleted posts too, until these are removed."""
        check_limit(limit)
        return self.catalog.of_user(user_id, after_id, limit)


def _entry(media_id: int, post: Post, media: MediaRef) -> Media:
    return Media(
        media_id=media_id, user_id=post.author_id, post_id=post.post_id, media_type=media.media_type,
        original_url=media.url, width=media.width, height=media.height, file_size=media.file_size,
        duration_ms=media.duration_ms, format=media.format, created_at=post.created_at,
    )  # fmt: skip
