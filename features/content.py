"""What a post is, as a row: written online when it is published, and again by the batch."""

from collections.abc import Sequence

import numpy as np

from features.definitions.views import POST_CONTENT
from features.online.lists import lists_of_tags
from features.online.rows import OnlineRows, PackedRows
from feed_core.model.clock import DAY, SECOND
from feed_core.model.posts import Post

DAY_SECONDS = DAY // SECOND


def write_posts(online: OnlineRows, posts: Sequence[Post]) -> int:
    """Write the content rows of ``posts``; an older version never replaces a newer one.

    Returns how many rows took effect.
    """
    if not posts:
        return 0
    ids = np.array([post.post_id for post in posts], np.int64)
    times = np.array([post.updated_at for post in posts], np.int64)
    matrix = np.array([_row(post) for post in posts], np.float32)
    return online.write_many(
        POST_CONTENT, PackedRows(ids, matrix, times, lists_of_tags([p.hashtags for p in posts]))
    )


def _row(post: Post) -> tuple[float, ...]:
    """In the order of the view's columns. A post is a video when its first medium is."""
    seconds = post.created_at // SECOND
    is_video = bool(post.media) and post.media[0].media_type == "video"
    return (
        float(is_video),
        float(len(post.media)),
        float(len(post.caption)),
        float(len(post.mentions)),
        float(seconds // DAY_SECONDS),
        float(seconds % DAY_SECONDS),
    )
