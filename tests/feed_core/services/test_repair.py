"""A recount brings wrong counts back to what they count."""

from feed_core.model.events import NewEvent
from feed_core.model.posts import NewComment, PostCounts
from feed_core.model.users import UserStats


def test_a_recount_corrects_what_is_off_and_nothing_else(world) -> None:
    post = world.post(world.ann)
    world.core.graph.follow_many([(world.ben, world.ann), (world.cam, world.ann)])
    world.core.engagement.record_many(
        [
            NewEvent(user_id=person, post_id=post.post_id, action=action)
            for person in (world.ben, world.cam)
            for action in ("like", "share", "save")
        ]
    )
    world.core.comments.add_many([NewComment(post_id=post.post_id, user_id=world.ben, text="t")])
    right = world.state()
    assert world.core.repair.recount_all() == 0
    world.core.stores.posts.add_to_counts({post.post_id: PostCounts(likes=5, comments=-9, shares=1, saves=2)})
    world.core.stores.accounts.add_to_stats({world.ann: UserStats(followers=-7, following=1, posts=3)})
    seen: list[int] = []
    assert world.core.repair.recount_all(seen.append) == 2
    assert seen == [4, 5]
    assert world.state() == right
    assert world.core.repair.recount_posts([post.post_id]) == {}
    assert world.core.repair.recount_users([world.ann]) == {}
