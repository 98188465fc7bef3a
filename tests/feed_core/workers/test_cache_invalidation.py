"""Which things the log makes the caches forget."""

from collections.abc import Callable, Collection

import pytest

from feed_core.core import FeedCore
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from feed_core.workers.cache_invalidation import InvalidateCaches


class Forgotten:
    """Stands for the caches: what they were told to forget."""

    def __init__(self) -> None:
        self.post_ids, self.user_ids = set[int](), set[int]()

    def posts(self, post_ids: Collection[int]) -> None:
        self.post_ids |= set(post_ids)

    def people(self, user_ids: Collection[int]) -> None:
        self.user_ids |= set(user_ids)


@pytest.fixture
def core(open_core: Callable[..., FeedCore]) -> FeedCore:
    return open_core()


def test_a_post_is_forgotten_with_its_author_and_an_edge_with_both_ends(core: FeedCore) -> None:
    ann, ben, cam = (
        user.user_id
        for user in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben", "cam")])
    )
    posts = core.posts.publish_many([NewPost(author_id=ann), NewPost(author_id=ann)])
    core.graph.follow_many([(ben, cam)])
    caches = Forgotten()
    worker, events = InvalidateCaches(caches), core.stores.events
    worker.on_posts(events.read("posts", (0,), 100))
    assert (caches.post_ids, caches.user_ids) == ({post.post_id for post in posts}, {ann})
    worker.on_graph(events.read("graph", (0,), 100))
    assert caches.user_ids == {ann, ben, cam}


def test_the_embedded_stores_have_no_caches_to_tell(core: FeedCore) -> None:
    assert core.stores.invalidation is None
    assert "cache-invalidation" not in {consumer.group for consumer in core.workers.consumers}
