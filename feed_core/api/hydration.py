"""Posts with author, counts and the reader's own like: a few reads for the whole page."""

from collections.abc import Sequence

from feed_core.api.views import CountsView, PostView, ShownPost, UserView
from feed_core.core import FeedCore


def shown_posts(core: FeedCore, reader_id: int, post_ids: Sequence[int]) -> dict[int, ShownPost]:
    """Per post id what a client needs to draw it; what the reader may not see is absent."""
    posts = core.visibility.seen_posts(reader_id, post_ids)
    counts = core.posts.counts_many(list(posts))
    authors = core.accounts.get_many({post.author_id for post in posts.values()})
    views = {id_: UserView.of(user) for id_, user in authors.items()}
    liked = core.engagement.reacted("like", reader_id, list(posts)) if reader_id else set()
    return {
        id_: ShownPost(
            post=PostView.of(post),
            author=views[post.author_id],
            counts=CountsView.of(counts[id_]),
            liked=id_ in liked,
        )
        for id_, post in posts.items()
    }
