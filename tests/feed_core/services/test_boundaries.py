"""The rules of events, media, decisions, limits and pages: exactly at each limit, and one beyond it."""

from typing import Any

import pytest
from msgspec.structs import replace

from feed_core.model.clock import DAY, MINUTE
from feed_core.model.errors import InvalidInput, NotFound, TooOften
from feed_core.model.events import Decision, NewEvent
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import MediaRef, NewComment, NewPost, Post
from feed_core.ports.rate_limits import Use
from feed_core.services.comments import MAX_COMMENT
from feed_core.services.event_rules import MAX_POSITION, MAX_SURFACE, check_new_event
from feed_core.services.media_rules import MAX_DURATION_MS, MAX_FILE_SIZE, MAX_PIXELS, MAX_URL, check_media
from feed_core.services.passwords import Passwords
from feed_core.services.post_pages import post_page
from feed_core.services.posts import MAX_MEDIA, MAX_MENTIONS
from feed_core.services.presence import refuse_missing_posts, require_users
from tests.feed_core.services.conftest import NOW, World
from tests.feed_core.services.test_sessions import QUICK

DWELL = NewEvent(user_id=1, post_id=2, action="dwell")
PHOTO = MediaRef(url="u")


@pytest.mark.parametrize(
    "at_limit",
    [
        {"value": 0.0},
        {"value": float(DAY)},
        {"value": -0.0},
        {"position": -1},
        {"position": MAX_POSITION},
        {"decision_id": MAX_ID},
        {"surface": ""},
        {"surface": "é" * MAX_SURFACE},
        {"occurred_at": 0},
        {"occurred_at": NOW + 5 * MINUTE},
    ],
)
def test_an_event_at_a_limit_passes(at_limit: dict[str, Any]) -> None:
    check_new_event(replace(DWELL, **at_limit), NOW)


@pytest.mark.parametrize(
    ("beyond", "word"),
    [
        ({"value": DAY + 0.001}, "dwell"),
        ({"value": -0.001}, "dwell"),
        ({"value": float("-inf")}, "dwell"),
        ({"action": "like", "value": 0.001}, "no value"),
        ({"action": "like", "value": float("nan")}, "no value"),
        ({"position": MAX_POSITION + 1}, "position"),
        ({"decision_id": MAX_ID + 1}, "decision id"),
        ({"surface": "s" * (MAX_SURFACE + 1)}, "surface"),
        ({"surface": "\ud83d"}, "surface"),
        ({"occurred_at": NOW + 5 * MINUTE + 1}, "future"),
    ],
)
def test_an_event_beyond_a_limit_is_refused_by_what_is_wrong(beyond: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidInput, match=word) as refused:
        check_new_event(replace(DWELL, **beyond), NOW)
    assert refused.value.fix


MEDIA = [
    ("width", MAX_PIXELS), ("height", MAX_PIXELS), ("duration_ms", MAX_DURATION_MS),
    ("file_size", MAX_FILE_SIZE),
]  # fmt: skip


@pytest.mark.parametrize(("field", "most"), MEDIA)
def test_a_size_of_a_media_lies_between_nothing_and_its_most(field: str, most: int) -> None:
    for size in (0, most):
        check_media(replace(PHOTO, **{field: size}))
    for size in (-1, most + 1):
        with pytest.raises(InvalidInput, match=field):
            check_media(replace(PHOTO, **{field: size}))


@pytest.mark.parametrize(
    "bad", [{"url": "u" * (MAX_URL + 1)}, {"url": "a\x00b"}, {"format": "f" * 11}, {"format": "jp\x00g"}]
)
def test_a_media_that_no_store_holds_is_refused(bad: dict[str, str]) -> None:
    check_media(MediaRef(url="u" * MAX_URL, format="f" * 10))
    with pytest.raises(InvalidInput) as refused:
        check_media(replace(PHOTO, **bad))
    assert refused.value.fix


def test_a_post_holds_ten_media_and_fifty_mentions_of_people_who_are_there(world: World) -> None:
    full = NewPost(author_id=world.ann, media=(PHOTO,) * MAX_MEDIA, mentions=(world.ben,) * MAX_MENTIONS)
    (post,) = world.core.posts.publish_many([full])
    assert (len(post.media), post.mentions) == (MAX_MEDIA, (world.ben,))
    before = world.state()
    for more in ({"media": (PHOTO,) * 11}, {"mentions": (world.ben,) * 51}):
        with pytest.raises(InvalidInput, match=r"51 mentions|11 media"):
            world.core.posts.publish_many([replace(full, **more)])
    assert world.state() == before


def test_a_comment_has_one_to_2200_characters(world: World) -> None:
    new = NewComment(post_id=world.post(world.ann).post_id, user_id=world.ben, text="é" * MAX_COMMENT)
    assert world.core.comments.add_many([new, replace(new, text="x")])[0].text == new.text
    for text in ("", "x" * (MAX_COMMENT + 1)):
        with pytest.raises(InvalidInput, match="comment has"):
            world.core.comments.add_many([replace(new, text=text)])


@pytest.mark.parametrize(
    "bad",
    [
        {"decision_id": 0},
        {"post_ids": (0,)},
        {"author_ids": (-1,)},
        {"positions": (-1,)},
        {"positions": (0, 1)},
        {"sources": ()},
        {"scores": (0.5, 0.5)},
        {"propensities": (0.5, 0.5)},
        {"surface": "s" * 65},
        {"occurred_at": NOW + 5 * MINUTE + 1},
    ],
)
def test_a_page_that_was_shown_but_cannot_be_is_not_logged(world: World, bad: dict[str, Any]) -> None:
    fine = Decision(
        decision_id=5, occurred_at=NOW, user_id=world.ann, surface="timeline", served_by="full",
        model_version="", definitions_hash="", post_ids=(7,), author_ids=(8,), positions=(0,), sources=("x",),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        world.core.impressions.log_shown([fine, replace(fine, **bad)])
    assert refused.value.fix
    assert (world.logged_decisions(), world.logged("engagement")) == ([], [])
    world.core.impressions.log_shown([fine])()
    assert world.logged_decisions() == [fine]


def test_no_decisions_are_nothing_to_log(world: World) -> None:
    world.core.impressions.log_many([])
    world.core.impressions.log_shown([])()
    assert world.core.stores.events.end("decisions") == (0,)


def test_the_longest_wait_of_several_limits_is_told_and_the_free_ones_count(world: World) -> None:
    limits, slow, quick = world.core.limits, Use("slow", 1, 60_000), Use("quick", 2, 2_000)
    limits.take_uses([])
    limits.take()
    limits.take_uses([slow, quick])
    with pytest.raises(TooOften, match="Wait 60 seconds") as refused:
        limits.take_uses([slow, quick])
    assert refused.value.wait_ms == 60_000
    with pytest.raises(TooOften, match="Wait 1 seconds"):
        limits.take(("quick", (2, 2_000)))
    world.clock.set(NOW + 60_000)
    limits.take_uses([quick, slow])


def test_missing_people_are_named_up_to_five_and_counted_beyond(world: World) -> None:
    require_users(world.core.stores.accounts, world.people)
    require_users(world.core.stores.accounts, ())
    with pytest.raises(NotFound, match=r"no user 1, 2, 3, 4, 5\."):
        require_users(world.core.stores.accounts, [5, 4, 3, 2, 1, world.ann, 1])
    with pytest.raises(NotFound, match=r"no post 1, 2, 3, 4, 5 and 1,995 more\."):
        refuse_missing_posts(range(2_000, 0, -1))


@pytest.mark.parametrize("stored", [None, "no hash", "$argon2id$v=19$broken"])
def test_no_password_fits_where_none_is_stored(stored: str | None) -> None:
    quick: Passwords = QUICK
    assert not any(quick.fits(stored, password) for password in ("nobody", "", "None"))


def test_pages_of_posts_join_at_every_limit_and_keep_to_their_list() -> None:
    posts = [
        Post(
            post_id=n, author_id=1, caption="", hashtags=(), mentions=(), place="", media=(),
            created_at=n // 2, updated_at=n // 2,
        )
        for n in range(7, 0, -1)
    ]  # fmt: skip

    def below(before: tuple[int, int], most: int) -> list[Post]:
        return [post for post in posts if (post.created_at, post.post_id) < before][:most]

    for limit in (1, 2, 6, 7, 8, 1_000):
        found, cursor, pages = list[Post](), "", 0
        while pages == 0 or cursor:
            page = post_page(below, limit, cursor, "list", 3)
            found, cursor, pages = [*found, *page.posts], page.next_cursor, pages + 1
        assert (found, pages) == (posts, -(-7 // limit))
    cursor = post_page(below, 1, "", "list", 3).next_cursor
    for kind, scope in (("list", 4), ("other", 3), ("list:3", 0)):
        with pytest.raises(InvalidInput, match="cursor"):
            post_page(below, 1, cursor, kind, scope)
    assert post_page(lambda *_: [], 1, "", "list").next_cursor == ""
