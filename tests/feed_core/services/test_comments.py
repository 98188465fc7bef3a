"""Comments: written with their event, deleted by those who may, paged."""

import pytest

from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.posts import NewComment, PostCounts


def comments_of(world, post_id: int) -> PostCounts:
    return world.core.posts.counts_many([post_id])[post_id]


def test_a_comment_is_stored_counted_and_logged(world) -> None:
    post = world.post(world.ann)
    new = NewComment(post_id=post.post_id, user_id=world.ben, text="naïve", decision_id=9, position=3)
    (comment,) = world.core.comments.add_many([new])
    assert world.core.threads.of_post(post.post_id).comments == (comment,)
    assert comments_of(world, post.post_id) == PostCounts(comments=1)
    (event,) = world.logged("engagement")
    assert (event.action, event.user_id, event.author_id) == ("comment", world.ben, world.ann)
    assert (event.decision_id, event.position, event.surface) == (9, 3, "post")


def test_a_reply_needs_its_parent_under_the_same_post(world, nobody: int) -> None:
    post, other = world.post(world.ann), world.post(world.ann)
    (parent,) = world.core.comments.add_many([NewComment(post_id=post.post_id, user_id=world.ben, text="a")])
    reply = NewComment(post_id=post.post_id, user_id=world.cam, text="b", parent_id=parent.comment_id)
    assert world.core.comments.add_many([reply])[0].parent_id == parent.comment_id
    for post_id, parent_id in ((other.post_id, parent.comment_id), (post.post_id, nobody)):
        with pytest.raises(NotFound, match=str(parent_id)):
            world.core.comments.add_many(
                [NewComment(post_id=post_id, user_id=world.cam, text="b", parent_id=parent_id)]
            )


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ({"text": ""}, InvalidInput),
        ({"text": "c" * 2_201}, InvalidInput),
        ({"parent_id": -1}, InvalidInput),
        ({"position": -2}, InvalidInput),
        ({"decision_id": 1 << 63}, InvalidInput),
        ({"surface": "s" * 65}, InvalidInput),
        ({"user_id": 4_242}, NotFound),
        ({"post_id": 4_242}, NotFound),
    ],
)
def test_one_comment_that_breaks_a_rule_writes_none(world, bad: dict[str, object], error: type) -> None:
    fine = {"post_id": world.post(world.ann).post_id, "user_id": world.ben, "text": "t"}
    before = world.state()
    with pytest.raises(error):
        world.core.comments.add_many([NewComment(**fine), NewComment(**fine | bad)])
    assert world.state() == before


def test_blocked_people_do_not_comment(world) -> None:
    post = world.post(world.ann)
    new = NewComment(post_id=post.post_id, user_id=world.ben, text="t")
    world.core.graph.block_many([(world.ann, world.ben)])
    with pytest.raises(NotFound, match=str(post.post_id)):
        world.core.comments.add_many([new])
    world.core.graph.unblock_many([(world.ann, world.ben)])
    world.core.graph.block_many([(world.ben, world.ann)])
    with pytest.raises(Forbidden, match="blocked"):
        world.core.comments.add_many([new])


@pytest.mark.parametrize("hides", ["their block", "a block of one's own", "leaving"])
def test_what_may_not_be_seen_cannot_be_answered_either(world, hides: str) -> None:
    post = world.post(world.ann).post_id
    (cams,) = world.core.comments.add_many([NewComment(post_id=post, user_id=world.cam, text="x")])
    answers = [
        NewComment(post_id=post, user_id=who, text="y", parent_id=cams.comment_id)
        for who in (world.dan, world.ben)
    ]
    if hides == "leaving":
        world.core.profiles.delete(world.cam)
    else:
        block = (world.cam, world.ben) if hides == "their block" else (world.ben, world.cam)
        world.core.graph.block_many([block])
    before = world.state()
    with pytest.raises(NotFound, match=str(cams.comment_id)):
        world.core.comments.add_many(answers)
    assert world.state() == before


def test_its_writer_and_the_posts_author_may_delete_a_comment_once(world, nobody: int) -> None:
    post = world.post(world.ann)
    new = NewComment(post_id=post.post_id, user_id=world.ben, text="t")
    mine, theirs = world.core.comments.add_many([new, new])
    with pytest.raises(Forbidden):
        world.core.comments.delete(world.cam, mine.comment_id)
    world.core.comments.delete(world.ben, mine.comment_id)
    world.core.comments.delete(world.ann, theirs.comment_id)
    for gone in (mine.comment_id, nobody):
        with pytest.raises(NotFound, match=str(gone)):
            world.core.comments.delete(world.ben, gone)
    assert comments_of(world, post.post_id) == PostCounts()
    assert world.core.threads.of_post(post.post_id).comments == ()


def test_comments_are_paged_newest_first(world) -> None:
    post = world.post(world.ann)
    new = NewComment(post_id=post.post_id, user_id=world.ben, text="t")
    written = world.core.comments.add_many([new] * 5)
    first = world.core.threads.of_post(post.post_id, 3)
    second = world.core.threads.of_post(post.post_id, 3, first.next_cursor)
    assert (*first.comments, *second.comments) == tuple(written[::-1])
    assert second.next_cursor == ""
