"""Removes posts for good, with all that hangs on them. Each step bears repetition; the post goes last."""

from collections.abc import Sequence
from dataclasses import dataclass

from feed_core.model.posts import Post
from feed_core.ports.comments import Comments
from feed_core.ports.media import MediaCatalog
from feed_core.ports.posts import Posts
from feed_core.ports.reactions import Reactions
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.timelines import Timelines

_AT_ONCE = 500


@dataclass(frozen=True)
class PostPurge:
    """A crash leaves the posts where they were found, so that the next run goes on."""

    posts: Posts
    comments: Comments
    reactions: Reactions
    timelines: Timelines
    media: MediaCatalog
    elsewhere: RegionCounts

    def purge(self, posts: Sequence[Post]) -> None:
        """Comments, reactions, timeline entries, media, counts, then the posts."""
        ids = [post.post_id for post in posts]
        for post_id in ids:
            self._purge_comments(post_id)
        self.reactions.purge(ids)
        self.timelines.withdraw_posts(ids)
        media = [each.media_id for some in self.media.of_posts(ids).values() for each in some]
        self.media.remove(media)
        self.elsewhere.remove(ids)
        self.posts.purge(ids)

    def _purge_comments(self, post_id: int) -> None:
        while comments := self.comments.all_of_post(post_id, _AT_ONCE):
            self.reactions.purge(comments)
            self.posts.purge(comments)
            self.comments.purge(comments)
