"""Timelines: what belongs in them, paging of many readers at once, refusals."""

import pytest

from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.events import NewEvent
from feed_core.model.timelines import Page, PageRequest


@pytest.fixture
def followed(world):
    """Ann follows ben and cam; cam follows ann."""
    world.core.graph.follow_many([(world.ann, world.ben), (world.ann, world.cam), (world.cam, world.ann)])
    return world


def shown(world, reader: int, limit: int = 20) -> list[tuple[int, int]]:
    """(post_id, via_id) down the first page."""
    world.core.drain()
    return [(entry.post_id, entry.via_id) for entry in world.core.timelines.page(reader, limit).entries]


def share(world, user_id: int, post_id: int) -> None:
    world.clock.set(world.clock.now() + 1)
    world.core.engagement.record_many([NewEvent(user_id=user_id, post_id=post_id, action="share")])


def test_a_post_stands_once_at_its_newest_visible_entry(followed) -> None:
    post = followed.post(followed.ben).post_id
    share(followed, followed.cam, post)
    assert shown(followed, followed.ann) == [(post, followed.cam)]
    followed.core.graph.mute_many([(followed.ann, followed.cam)])
    assert shown(followed, followed.ann) == [(post, followed.ben)]
    followed.core.graph.mute_many([(followed.ann, followed.ben)])
    assert shown(followed, followed.ann) == []


def test_ones_own_post_does_not_come_back_through_a_share(followed) -> None:
    share(followed, followed.cam, followed.post(followed.ann).post_id)
    assert shown(followed, followed.ann) == []


def test_a_blocked_author_is_hidden_also_through_others(followed) -> None:
    post = followed.post(followed.dan).post_id
    share(followed, followed.ben, post)
    assert shown(followed, followed.ann) == [(post, followed.ben)]
    followed.core.graph.block_many([(followed.dan, followed.ann)])
    assert shown(followed, followed.ann) == []


def test_an_older_copy_does_not_appear_on_a_later_page(followed) -> None:
    twice, once = followed.post(followed.ben).post_id, followed.post(followed.ben).post_id
    share(followed, followed.cam, twice)
    followed.core.drain()
    first = followed.core.timelines.page(followed.ann, 1)
    second = followed.core.timelines.page(followed.ann, 5, first.next_cursor)
    assert [entry.post_id for entry in (*first.entries, *second.entries)] == [twice, once]
    assert second.next_cursor == ""


def test_a_timeline_reaches_back_to_the_horizon(followed) -> None:
    followed.post(followed.ben)
    followed.core.drain()
    followed.clock.set(followed.clock.now() + 30 * DAY)
    assert len(shown(followed, followed.ann)) == 1
    followed.clock.set(followed.clock.now() + 1)
    assert shown(followed, followed.ann) == []


def test_new_posts_do_not_shift_the_next_page(followed) -> None:
    for _ in range(4):
        followed.clock.set(followed.clock.now() + 1)
        followed.post(followed.ben)
    before = shown(followed, followed.ann)
    first = followed.core.timelines.page(followed.ann, 2)
    followed.clock.set(followed.clock.now() + HOUR)
    followed.post(followed.cam)
    followed.core.drain()
    second = followed.core.timelines.page(followed.ann, 2, first.next_cursor)
    assert [(e.post_id, e.via_id) for e in (*first.entries, *second.entries)] == before


def test_many_readers_get_their_pages_in_the_order_asked(followed) -> None:
    post = followed.post(followed.ben)
    own = followed.post(followed.ann)
    followed.core.drain()
    asked = [followed.cam, followed.ann, followed.dan, followed.ann]
    pages = followed.core.timelines.page_many([PageRequest(user_id=reader) for reader in asked])
    assert [[entry.post_id for entry in page.entries] for page in pages] == [
        [own.post_id], [post.post_id], [], [post.post_id],
    ]  # fmt: skip
    assert followed.core.timelines.page_many([]) == []
    assert pages[2] == Page(entries=())


@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        ({"limit": 0}, InvalidInput, "limit"),
        ({"limit": 1_001}, InvalidInput, "limit"),
        ({"cursor": "nonsense"}, InvalidInput, "not one that this service made"),
        ({"cursor": "é" * 1_000}, InvalidInput, "not one that this service made"),
        ({"user_id": -1}, InvalidInput, "not an id"),
        ({"user_id": 4_242}, NotFound, "4242"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(world, bad, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        world.core.timelines.page_many([PageRequest(**{"user_id": world.ann} | bad)])


def test_a_cursor_belongs_to_its_reader(followed) -> None:
    for _ in range(2):
        followed.post(followed.ben)
    followed.core.drain()
    cursor = followed.core.timelines.page(followed.ann, 1).next_cursor
    assert cursor
    with pytest.raises(InvalidInput, match="cursor"):
        followed.core.timelines.page(followed.cam, 1, cursor)
