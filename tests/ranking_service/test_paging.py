"""Pages of one ranked list: stable whatever happens in between, and each a decision of its own."""

from itertools import chain
from random import Random

import msgspec
import pytest

from feed_core.model.clock import MINUTE
from feed_core.model.errors import InvalidInput, NotFound
from feed_core.model.events import Decision
from feed_core.model.ids import MAX_ID
from ranking_service.records import Request


def shown(answer):
    return [item.post.post_id for item in answer.items]


def logged(world):
    records = world.core.stores.events.read("decisions", (0,), 100)
    return [msgspec.msgpack.decode(record.body, type=Decision) for record in records]


def remembered(for_you):
    count = "SELECT (SELECT count(*) FROM served), (SELECT count(*) FROM snapshots)"
    return for_you.person.served.connections.here().execute(count).fetchone()


@pytest.mark.parametrize("seed", range(2))
def test_pages_of_any_size_show_what_is_still_there_in_the_order_of_the_first(world, for_you, seed):
    random, gone, ben = Random(seed), set(), world.people["ben"]
    (page,) = for_you.sent(for_you.pages([Request(user_id=world.ada, limit=random.randint(1, 9))]))
    whole, seen, cursor = (
        page.snapshot.pool.post_ids.tolist(),
        page.shown.pool.post_ids.tolist(),
        page.next_cursor,
    )
    while cursor:
        left = [id_ for id_ in world.ids("ben") if id_ not in seen and id_ not in gone]
        some = random.sample(left, min(len(left), 2))
        world.core.posts.delete_many(ben, some)
        gone.update(some)
        world.clock.set(world.clock.now() + MINUTE)
        answer = for_you.rank(Request(user_id=world.ada, limit=random.randint(1, 9), cursor=cursor))
        assert [item.position for item in answer.items] == [*range(len(seen), len(seen) + len(answer.items))]
        seen, cursor = seen + shown(answer), answer.next_cursor
    assert gone
    assert seen == [id_ for id_ in whole if id_ not in gone]


def test_each_page_is_a_decision_of_its_own_and_the_first_names_the_list(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    second = for_you.rank(Request(user_id=world.ada, limit=5, cursor=first.next_cursor))
    again = for_you.rank(Request(user_id=world.ada, limit=5, cursor=first.next_cursor))
    assert shown(again) == shown(second)
    assert len({first.decision_id, second.decision_id, again.decision_id} - {0}) == 3
    assert [list(decision.positions) for decision in logged(world)] == [[*range(5)], *[[*range(5, 10)]] * 2]
    assert remembered(for_you) == (3, 1)


def test_a_list_that_fits_on_one_page_is_not_kept(world, for_you):
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    assert (len(answer.items), answer.next_cursor) == (36, "")
    assert remembered(for_you) == (1, 0)


def test_a_last_page_that_is_exactly_full_has_no_cursor(world, for_you):
    first = for_you.rank(Request(user_id=world.ada, limit=18))
    last = for_you.rank(Request(user_id=world.ada, limit=18, cursor=first.next_cursor))
    assert (len(last.items), last.next_cursor) == (18, "")


@pytest.mark.parametrize("unread", [(), ("following",)])
def test_a_following_page_of_which_nothing_is_left_is_empty_and_no_decision(
    world, for_you, monkeypatch, unread
):
    first = for_you.rank(Request(user_id=world.ada, limit=5))
    world.core.graph.block_many([(world.ada, world.people[name]) for name in ("ben", "cleo", "dan")])
    for read in unread:
        monkeypatch.setattr(type(world.core.graph), read, lambda *_: 1 / 0)
    last = for_you.rank(Request(user_id=world.ada, limit=5, cursor=first.next_cursor))
    assert (last.items, last.decision_id, last.next_cursor) == ((), 0, "")
    assert len(logged(world)) == 1


def pages(world, service, limit):
    """The ids of each page, from the first to the last."""
    answer = service.rank(Request(user_id=world.ada, limit=limit))
    yield shown(answer)
    while answer.next_cursor:
        answer = service.rank(Request(user_id=world.ada, limit=limit, cursor=answer.next_cursor))
        yield shown(answer)


def test_whoever_was_muted_misses_nothing_on_any_page_that_is_newest_first(world, open_for_you):
    world.core.graph.mute_many([(world.people["ben"], world.ada)])
    whole = [entry.post_id for entry in world.core.timelines.page(world.ada, 100).entries]
    assert set(whole) > set(world.ids("ben"))
    assert [*chain(*pages(world, open_for_you(), 7))] == whole


@pytest.mark.parametrize("act", ["block", "be blocked", "mute"])
def test_who_is_hidden_meanwhile_is_gone_from_the_next_page_that_is_newest_first(world, open_for_you, act):
    ben, found = world.people["ben"], pages(world, open_for_you(), 7)
    first = next(found)
    assert set(first) & set(world.ids("ben"))
    tell = world.core.graph.mute_many if act == "mute" else world.core.graph.block_many
    tell([(ben, world.ada) if act == "be blocked" else (world.ada, ben)])
    rest = [*chain(*found)]
    assert sorted(rest) == sorted({*world.ids("cleo"), *world.ids("dan")} - set(first))


def test_a_cursor_holds_for_half_an_hour_to_the_millisecond(world, for_you):
    now = world.clock.now()
    cursor = for_you.rank(Request(user_id=world.ada, limit=5)).next_cursor
    assert for_you.rank(Request(user_id=world.ada, cursor=cursor, now=now + 30 * MINUTE)).items
    with pytest.raises(InvalidInput, match="expired"):
        for_you.rank(Request(user_id=world.ada, cursor=cursor, now=now + 30 * MINUTE + 1))


def test_of_requests_together_none_is_remembered_before_all_are_decided(world, for_you):
    one, other = for_you.rank_many([Request(user_id=world.ada, limit=n) for n in (4, 6)])
    assert shown(one) == shown(other)[:4]
    later = for_you.rank(Request(user_id=world.ada, limit=6))
    assert not set(shown(later)) & set(shown(other))
    assert for_you.rank_many([]) == []


def test_a_request_that_is_refused_leaves_nothing_of_those_beside_it(world, for_you):
    for bad, error in (
        ({"limit": 0}, InvalidInput), ({"limit": 1_001}, InvalidInput), ({"user_id": 0}, InvalidInput),
        ({"user_id": MAX_ID + 1}, InvalidInput), ({"user_id": MAX_ID}, NotFound),
        ({"knobs": {"like": 4.5}}, InvalidInput), ({"cursor": "x"}, InvalidInput),
    ):  # fmt: skip
        with pytest.raises(error):
            for_you.rank_many([Request(user_id=world.ada), Request(**{"user_id": world.ada, **bad})])
    assert logged(world) == []
    assert remembered(for_you) == (0, 0)


def test_looking_without_asking_leaves_no_trace(world, for_you):
    for answer in (for_you.preview(world.ada, 5), for_you.newest_first(world.ada, 5)):
        assert (len(answer.items), answer.next_cursor) == (5, "")
    pool = for_you.gather(Request(user_id=world.ada))
    for_you.score_candidates(world.ada, world.ids("ben"))
    assert sorted(pool.post_ids.tolist()) == sorted(shown(for_you.preview(world.ada, 100)))
    assert logged(world) == []
    assert remembered(for_you) == (0, 0)


def test_a_preview_shows_also_what_was_served_before(world, for_you):
    before = shown(for_you.preview(world.ada, 10))
    for_you.rank(Request(user_id=world.ada, limit=10))
    assert shown(for_you.preview(world.ada, 10)) == before


def test_without_limits_the_same_request_repeats_exactly(world, for_you, open_for_you):
    request = Request(user_id=world.ada, limit=30, now=world.clock.now())
    first, again = (service.preview(world.ada, 30, now=request.now) for service in (for_you, open_for_you()))
    assert first == again
