"""The shown posts with author, counts and the reader's own like: four reads for the whole page."""

from collections.abc import Sequence

from feed_core.core import FeedCore
from feed_core.model.posts import PostCounts
from ranking_service.pipeline.ranking import Page
from ranking_service.records import Item
from ranking_service.scoring.model import Model
from ranking_service.why import reasons

_NO_COUNTS = PostCounts()


def items_of(core: FeedCore, page: Page, model: Model | None) -> tuple[Item, ...]:
    """What the page shows, told by ``model``. A post whose author has gone is left out."""
    ids: Sequence[int] = page.shown.pool.post_ids.tolist()
    posts = core.posts.shown_many(ids)
    counts = core.posts.counts_many(ids)
    authors = core.accounts.get_many({post.author_id for post in posts.values()})
    liked = core.stores.reactions.among("like", page.query.user_id, ids)
    told = zip(ids, page.positions.tolist(), reasons(page.shown, page.positions, model), strict=True)
    return tuple(
        Item(
            position=position, post=post, author=author, counts=counts.get(id_, _NO_COUNTS),
            liked=id_ in liked, why=why,
        )
        for id_, position, why in told
        if (post := posts.get(id_)) is not None and (author := authors.get(post.author_id)) is not None
    )  # fmt: skip
