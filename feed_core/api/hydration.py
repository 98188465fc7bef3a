"""Posts with author, counts and the reader's own like: a few reads for the whole page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feed_core.api.views import CountsView, PageView, PostView, ShownPost, UserView
from feed_core.core import FeedCore
from feed_core.model.posts import Post, PostCounts, PostPage
from feed_core.model.timelines import Entry
from feed_core.model.users import User


class Drawn(NamedTuple):
    """What a client needs to draw a post; ``liked`` by the reader."""

    post: Post
    author: User
    counts: PostCounts
    liked: bool


def shown_posts(core: FeedCore, reader_id: int, post_ids: Sequence[int]) -> dict[int, ShownPost]:
    """Per post id what a client needs to draw it; what the reader may not see is absent."""
    return views_of(drawn_posts(core, reader_id, core.visibility.seen_posts(reader_id, post_ids)))


def drawn_entries(core: FeedCore, reader_id: int, entries: Sequence[Entry]) -> dict[int, Drawn]:
    """As ``drawn_posts``, for entries of a timeline, which has just left out what is deleted, hidden or not
    the reader's to see."""
    posts = core.posts.get_many([entry.post_id for entry in entries])
    return drawn_posts(core, reader_id, {id_: post for id_, post in posts.items() if not post.deleted})


def drawn_posts(core: FeedCore, reader_id: int, posts: Mapping[int, Post]) -> dict[int, Drawn]:
    """The posts, which the reader may see, with what else it takes to draw them."""
    counts = core.posts.counts_many(list(posts))
    authors = core.accounts.get_many({post.author_id for post in posts.values()})
    liked = core.engagement.reacted("like", reader_id, list(posts)) if reader_id else set()
    return {
        id_: Drawn(post, authors[post.author_id], counts[id_], id_ in liked) for id_, post in posts.items()
    }


def views_of(drawn: Mapping[int, Drawn]) -> dict[int, ShownPost]:
    """The same as views, an author's made once."""
    authors = {each.author.user_id: each.author for each in drawn.values()}
    views = {id_: UserView.of(user) for id_, user in authors.items()}
    return {
        id_: ShownPost(
            post=PostView.of(each.post),
            author=views[each.author.user_id],
            counts=CountsView.of(each.counts),
            liked=each.liked,
        )
        for id_, each in drawn.items()
    }


def shown_page(core: FeedCore, reader_id: int, page: PostPage) -> PageView[ShownPost]:
    """The posts of ``page`` that the reader may see, in its order."""
    shown = shown_posts(core, reader_id, [post.post_id for post in page.posts])
    items = [shown[post.post_id] for post in page.posts if post.post_id in shown]
    return PageView(items=items, next_cursor=page.next_cursor)
