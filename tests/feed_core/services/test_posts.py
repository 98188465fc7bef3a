"""Posts: published, edited, deleted, read; refused as a whole when one breaks a rule."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.model.clock import HOUR
from feed_core.model.errors import Forbidden, InvalidInput, NotFound
from feed_core.model.posts import MediaRef, NewPost, Post, PostCounts, PostEdit
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
        {"media": (MediaRef(url="m", width=100_001),)},
        {"media": (MediaRef(url="m", file_size=1 << 41),)},
        {"media": (MediaRef(url="m", duration_ms=1 << 31),)},
        {"media": (MediaRef(url="m", format="x" * 11),)},
        {"media": (MediaRef(url="a\x00b"),)},
        {"media": (MediaRef(url="m", format="\x00"),)},
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
    edited = world.edit(post, caption="#rain @dan", place="Brest")
    assert (edited.hashtags, edited.mentions) == (("kept", "rain"), (world.cam, world.dan))
    assert (edited.place, edited.created_at) == ("Brest", post.created_at)
    assert edited.updated_at == world.clock.now()
    assert world.logged_posts() == [post, edited]
    tagged = world.edit(post, hashtags=["other"])
    assert (tagged.hashtags, tagged.caption) == (("other", "rain"), "#rain @dan")
    assert tagged.updated_at > edited.updated_at


CAPTIONS = st.sampled_from([None, "", "plain", "#sun @ben", "#rain @cam and @nobody", "@ben @cam #sun #sea"])
TAGS = st.one_of(st.none(), st.lists(st.sampled_from(["a", "B", "#sun", "sea"]), max_size=3).map(tuple))
EDITS = st.tuples(st.integers(0, 2), CAPTIONS, TAGS, st.sampled_from([None, "", "Nice"]))


@given(batch=st.lists(EDITS, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_many_edits_are_what_they_are_one_by_one(
    world, batch: list[tuple[int, str, tuple[str], str]]
) -> None:
    core, people = world.core, (world.ann, world.ben, world.ann)
    pair = [core.posts.publish_many([_first_post(who) for who in people]) for _ in range(2)]
    as_edits = [
        [PostEdit(author_id=people[i], post_id=posts[i].post_id, caption=c, hashtags=h, place=p)
         for i, c, h, p in batch]
        for posts in pair
    ]  # fmt: skip
    start = len(world.logged_posts())
    together = core.posts.edit_many(as_edits[0])
    alone = [post for edit in as_edits[1] for post in core.posts.edit_many([edit])]
    assert [_without_id(post) for post in together] == [_without_id(post) for post in alone]
    assert world.logged_posts()[start:] == [*together, *alone]
    last = {post.post_id: post for post in [*pair[0], *together]}
    assert core.posts.get_many(list(last)) == last


def _first_post(author_id: int) -> NewPost:
    return NewPost(author_id=author_id, caption="#first @cam", hashtags=("given",), mentions=(author_id,))


def _without_id(post: Post) -> Post:
    return msgspec.structs.replace(post, post_id=0)


def test_an_edit_of_the_place_leaves_the_hashtags_as_they_are(world) -> None:
    new = NewPost(author_id=world.ann, caption="#sea", hashtags=("sea", "sun"))
    (post,) = world.core.posts.publish_many([new])
    assert world.edit(post, place="Nice").hashtags == post.hashtags == ("sea", "sun")


def test_a_mention_of_one_who_left_goes_with_its_caption(world) -> None:
    post = world.post(world.ann, "with @ben and @cam")
    world.core.profiles.delete(world.ben)
    assert world.edit(post, caption="with @cam").mentions == (world.cam,)


def test_one_edit_that_is_refused_undoes_all(world, nobody: int) -> None:
    post, other = world.post(world.ann), world.post(world.ben)
    good = PostEdit(author_id=world.ann, post_id=post.post_id, caption="new")
    before = world.state()
    for error, wrong in (
        (Forbidden, {"post_id": other.post_id}), (NotFound, {"post_id": nobody}),
        (NotFound, {"author_id": nobody}), (InvalidInput, {"post_id": -1}),
        (InvalidInput, {"hashtags": ("two words",)}), (InvalidInput, {"place": "p" * 201}),
        (InvalidInput, {"hashtags": tuple(f"h{i}" for i in range(31))}),
    ):  # fmt: skip
        with pytest.raises(error):
            world.core.posts.edit_many([good, msgspec.structs.replace(good, **wrong)])
        assert world.state() == before


def test_only_the_author_changes_a_post(world, nobody: int) -> None:
    post = world.post(world.ann)
    before = world.state()
    with pytest.raises(Forbidden, match=str(post.post_id)):
        world.edit(post, by=world.ben, caption="mine")
    with pytest.raises(Forbidden):
        world.core.posts.delete_many(world.ben, [post.post_id])
    with pytest.raises(NotFound, match=str(nobody)):
        world.core.posts.delete_many(world.ann, [post.post_id, nobody])
    with pytest.raises(InvalidInput, match="caption"):
        world.edit(post, caption="c" * 2_201)
    assert world.state() == before


def test_a_deleted_post_is_gone_for_everything_but_its_id(world) -> None:
    post = world.post(world.ann)
    world.core.posts.delete_many(world.ann, [post.post_id, post.post_id])
    assert world.core.posts.get_many([post.post_id])[post.post_id].deleted
    assert world.core.posts.by_author(world.ann).posts == ()
    assert world.core.accounts.stats_many([world.ann])[world.ann] == UserStats()
    assert [logged.deleted for logged in world.logged_posts()] == [False, True]
    with pytest.raises(NotFound, match=str(post.post_id)):
        world.core.posts.require(post.post_id)
    with pytest.raises(NotFound, match=str(post.post_id)):
        world.edit(post, caption="x")


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
