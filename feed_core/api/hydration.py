"""Posts with author, counts and the reader's own like: a few reads for the whole page."""

from collections.abc import Sequence

from feed_core.api.views import CountsView, PostView, ShownPost, UserView
from feed_core.core import FeedCore


def shown_posts(core: FeedCore, reader_id: int, post_ids: Sequence[int]) -> dict[int, ShownPost]:
    """Per post id what a client needs to draw it; deleted and unknown posts are absent."""
    posts = {id_: post for id_, post in core.posts.get_many(post_ids).items() if not post.deleted}
    counts = core.posts.counts_many(list(posts))
    authors = core.accounts.get_many({post.author_id for post in posts.values()})
    views = {id_: UserView.of(user) for id_, user in authors.items()}
    liked = core.engagement.reacted("like", reader_id, list(posts))
    return {
        id_: ShownPost(
            post=PostView.of(post),
            author=views[post.author_id],
            counts=CountsView.of(counts[id_]),
            liked=id_ in liked,
        )
        for id_, post in posts.items()
    }
