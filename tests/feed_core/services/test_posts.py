"""Posts: published, edited, deleted, read; refused as a whole when one breaks a rule."""

import pytest

from feed_core.model.clock import HOUR
from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.posts import MediaRef, NewPost, PostCounts
from feed_core.model.users import UserStats


def test_a_post_takes_hashtags_and_mentions_from_its_caption(world) -> None:
    (post,) = world.core.posts.publish_many(
        [
            NewPost(
                author_id=world.ann,
                caption="#Sun with @BEN and @nobody",
                hashtags=("#Sea",),
                mentions=(world.cam,),
                place="Nice",
                media=(MediaRef(url="m"),),
            )
        ]
    )
    assert (post.hashtags, post.mentions) == (("sea", "sun"), (world.cam, world.ben))
    assert post.created_at == post.updated_at == world.clock.now()
    assert world.core.posts.get_many([post.post_id]) == {post.post_id: post}
    assert world.logged_posts() == [post]
    assert world.core.accounts.stats_many([world.ann])[world.ann] == UserStats(posts=1)


@pytest.mark.parametrize(
    "bad",
    [
        {"caption": "c" * 2_201},
        {"hashtags": ("h" * 10_240,)},
        {"hashtags": tuple(f"h{i}" for i in range(31))},
        {"place": "p" * 201},
        {"media": (MediaRef(url=""),)},
        {"media": (MediaRef(url="m", width=-1),)},
        {"media": (MediaRef(url="m"),) * 11},
        {"mentions": (-1,)},
        {"mentions": tuple(range(1, 52))},
        {"created_at": -1},
        {"created_at": 1 << 60},
        {"author_id": 0},
    ],
)
def test_one_post_that_breaks_a_rule_publishes_none(world, bad: dict[str, object]) -> None:
    before = world.state()
    with pytest.raises(InvalidInput) as refused:
        world.core.posts.publish_many(
            [NewPost(author_id=world.ann), NewPost(**{"author_id": world.ann} | bad)]
        )
    assert refused.value.fix
    assert world.state() == before


@pytest.mark.parametrize("who", ["author_id", "mentions"])
def test_unknown_people_are_named_and_nothing_is_published(world, nobody: int, who: str) -> None:
    before = world.state()
    wrong = {"author_id": world.ann} | ({who: nobody} if who == "author_id" else {who: (nobody,)})
    with pytest.raises(NotFound, match=str(nobody)):
        world.core.posts.publish_many([NewPost(author_id=world.ann), NewPost(**wrong)])
    assert world.state() == before


def test_an_edit_brings_new_hashtags_and_mentions_and_keeps_given_ones(world) -> None:
    (post,) = world.core.posts.publish_many(
        [NewPost(author_id=world.ann, caption="#sun @ben", hashtags=("kept",), mentions=(world.cam,))]
    )
    world.clock.set(world.clock.now() + HOUR)
    edited = world.core.posts.edit(world.ann, post.post_id, caption="#rain @dan", place="Brest")
    assert (edited.hashtags, edited.mentions) == (("kept", "rain"), (world.cam, world.dan))
    assert (edited.place, edited.created_at) == ("Brest", post.created_at)
    assert edited.updated_at == world.clock.now()
    assert world.logged_posts() == [post, edited]
    tagged = world.core.posts.edit(world.ann, post.post_id, hashtags=["other"])
    assert (tagged.hashtags, tagged.caption) == (("other", "rain"), "#rain @dan")
    assert tagged.updated_at > edited.updated_at


def test_only_the_author_changes_a_post(world, nobody: int) -> None:
    post = world.post(world.ann)
    before = world.state()
    with pytest.raises(Forbidden, match=str(post.post_id)):
        world.core.posts.edit(world.ben, post.post_id, caption="mine")
    with pytest.raises(Forbidden):
        world.core.posts.delete_many(world.ben, [post.post_id])
    with pytest.raises(NotFound, match=str(nobody)):
        world.core.posts.delete_many(world.ann, [post.post_id, nobody])
    with pytest.raises(InvalidInput, match="caption"):
        world.core.posts.edit(world.ann, post.post_id, caption="c" * 2_201)
    assert world.state() == before


def test_a_deleted_post_is_gone_for_everything_but_its_id(world) -> None:
    post = world.post(world.ann)
    world.core.posts.delete_many(world.ann, [post.post_id, post.post_id])
    assert world.core.posts.get_many([post.post_id])[post.post_id].deleted
    assert world.core.posts.by_author(world.ann).posts == ()
    assert world.core.accounts.stats_many([world.ann])[world.ann] == UserStats()
    assert [logged.deleted for logged in world.logged_posts()] == [False, True]
    for act in (world.core.posts.require, lambda id_: world.core.posts.edit(world.ann, id_, caption="x")):
        with pytest.raises(NotFound, match=str(post.post_id)):
            act(post.post_id)


def test_an_authors_posts_are_paged_newest_first(world) -> None:
    posts = []
    for _ in range(5):
        world.clock.set(world.clock.now() + 1)
        posts.append(world.post(world.ann))
    first = world.core.posts.by_author(world.ann, 3)
    second = world.core.posts.by_author(world.ann, 3, first.next_cursor)
    assert (*first.posts, *second.posts) == tuple(posts[::-1])
    assert second.next_cursor == ""
    with pytest.raises(InvalidInput, match="cursor"):
        world.core.posts.by_author(world.ben, 3, first.next_cursor)


def test_counts_are_zero_before_anything_is_counted(world) -> None:
    assert world.core.posts.counts_many([5]) == {5: PostCounts()}
