"""Facts about posts that never change."""

import numpy as np

from ranking_service.hydration import post_facts
from ranking_service.hydration.post_facts import PostFacts
from ranking_service.pipeline.pool import NO_IDS


def pool(facts, ids, following=NO_IDS):
    ids = np.array(ids, np.int64)
    return facts.pool(ids, np.zeros_like(ids), following)


class Counted:
    """The post service, counting what is asked of it."""

    def __init__(self, posts):
        self._posts, self.asked = posts, []

    def get_many(self, ids):
        self.asked.append(sorted(ids))
        return self._posts.get_many(ids)


def test_candidates_get_author_and_time_and_whether_one_follows(world):
    ben, eve = world.posts["ben"][0], world.posts["eve"][0]
    found = pool(PostFacts(world.core.posts), [eve.post_id, ben.post_id], np.array([ben.author_id]))
    assert found.author_ids.tolist() == [eve.author_id, ben.author_id]
    assert found.created_at.tolist() == [eve.created_at, ben.created_at]
    assert found.in_network.tolist() == [False, True]


def test_posts_that_do_not_exist_have_no_author(world):
    found = pool(PostFacts(world.core.posts), [5, world.ids("ben")[0], 5])
    assert found.author_ids.tolist() == [0, world.people["ben"], 0]
    assert not found.in_network[0]


def test_a_post_is_read_once(world):
    posts, ids = Counted(world.core.posts), world.ids("ben")
    facts = PostFacts(posts)
    pool(facts, ids)
    pool(facts, [*ids, *world.ids("eve")])
    assert posts.asked == [sorted(ids), sorted(world.ids("eve"))]


def test_memory_is_bounded_and_what_is_forgotten_is_read_again(world, monkeypatch):
    monkeypatch.setattr(post_facts, "_KEPT", 3)
    posts, ids = Counted(world.core.posts), world.ids("ben")[:4]
    facts = PostFacts(posts)
    for id_ in (*ids, ids[3], ids[0]):
        assert pool(facts, [id_]).author_ids.tolist() == [world.people["ben"]]
    assert posts.asked == [[id_] for id_ in (*ids, ids[0])]
    assert pool(facts, world.ids("ben")).author_ids.tolist() == [world.people["ben"]] * len(world.ids("ben"))


def test_no_candidates_are_no_error(world):
    assert len(pool(PostFacts(world.core.posts), [])) == 0
