"""Which buckets hold whom, which keys one question asks for, and where a walk along a list goes on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.cassandra import stories
from feed_core.adapters.cassandra.crowds import (
    WIDTHS,
    _places_in,
    bucket_of,
    buckets,
    mixed,
    places_of,
    rectangles,
)
from feed_core.adapters.cassandra.post_keys import (
    by_author,
    by_place,
    created,
    deleted,
    deleted_by,
    is_created,
    is_deleted,
)
from feed_core.adapters.cassandra.post_lists import PostLists
from feed_core.adapters.cassandra.stories import _seconds_left
from feed_core.adapters.cassandra.timestamps import Timestamps
from feed_core.adapters.cassandra.url import cassandra_url
from feed_core.adapters.journal.applying import Step, applying, current_step
from feed_core.adapters.postgres.keys import by_shard
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID
from feed_core.model.posts import Post

ids = st.integers(1, MAX_ID)
few = st.integers(1, 6)


@settings(max_examples=30)
@given(ids)
def test_a_member_lies_in_one_bucket_of_each_width_and_is_looked_for_in_no_other(member: int) -> None:
    lies = places_of(member)
    assert [sum(width <= place < 2 * width for place in lies) for width in WIDTHS] == [1, 1, 1]
    for at, width in enumerate(WIDTHS):
        assert set(lies[: at + 1]) <= set(buckets(width))
        assert bucket_of(member, width) == lies[at]


@settings(max_examples=30)
@given(st.sets(st.integers(0, (1 << 64) - 1), max_size=50))
def test_no_two_numbers_are_mixed_to_the_same(numbers: set[int]) -> None:
    assert len({mixed(number) for number in numbers}) == len(numbers)
    assert all(0 <= mixed(number) < 1 << 64 for number in numbers)


@settings(max_examples=30)
@given(st.sets(st.tuples(few, ids | few), min_size=1, max_size=200))
def test_rectangles_ask_for_every_pair_in_keys_of_which_one_question_takes_64(
    pairs: set[tuple[int, int]],
) -> None:
    made = rectangles(pairs)
    covered = [(owner, member) for owners, members in made for owner in owners for member in members]
    assert sorted(covered) == sorted(pairs), "each once, and nothing that nobody asked for"
    assert all(1 in (len(owners), len(members)) for owners, members in made)
    assert all(len(owners) * len(members) <= 64 for owners, members in made)


@pytest.mark.parametrize(
    ("owners", "members", "made"), [(1, 64, 1), (1, 65, 2), (65, 1, 2), (2, 3, 2), (3, 2, 2)]
)
def test_rectangles_are_as_few_as_the_shorter_side(owners: int, members: int, made: int) -> None:
    assert len(rectangles([(owner, member) for owner in range(owners) for member in range(members)])) == made
    assert rectangles([]) == []


@settings(max_examples=30)
@given(st.dictionaries(few, st.sampled_from(WIDTHS), min_size=1), st.sets(ids, min_size=1, max_size=5))
def test_members_are_looked_for_wherever_the_widest_of_their_owners_may_have_put_them(
    widths: dict[int, int], members: set[int]
) -> None:
    widest = max(widths.values())
    lie = {place for member in members for place in places_of(member) if place in buckets(widest)}
    assert _places_in(list(widths), members, widths) == sorted(lie)


def post(post_id: int, at: int, *, place: str = "", gone_at: int = 0) -> Post:
    return Post(
        post_id=post_id, author_id=7, caption="", hashtags=(), mentions=(), place=place, media=(),
        created_at=at, updated_at=gone_at or at, deleted=bool(gone_at),
    )  # fmt: skip


def test_a_post_stands_on_the_lists_of_what_it_is_and_on_no_others() -> None:
    here, there, gone = post(1, 5), post(2, 6, place="Rome"), post(3, 7, place="Rome", gone_at=9)
    assert [by_author(each) for each in (here, there, gone)] == [(7, 5, 1), (7, 6, 2), None]
    assert [by_place(each) for each in (here, there, gone)] == [None, ("Rome", 6, 2), None]
    assert [created(each) for each in (here, there, gone)] == [(5, 1), (6, 2), None]
    assert [deleted_by(each) for each in (here, there, gone)] == [None, None, (7, 9, 3)]
    assert [deleted(each) for each in (here, there, gone)] == [None, None, (9, 3)]


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=25)


@settings(max_examples=30)
@given(
    rows, st.dictionaries(st.integers(1, 9), st.tuples(st.integers(0, 5), st.booleans())), st.integers(0, 12)
)
def test_a_walk_finds_the_first_posts_that_are_what_their_list_says(
    listed: list[tuple[int, int]], there: dict[int, tuple[int, bool]], limit: int
) -> None:
    posts = {id_: post(id_, at, gone_at=9 if gone else 0) for id_, (at, gone) in there.items()}
    listed = sorted(set(listed), reverse=True)
    session: Any = None
    lists = PostLists(session, lambda wanted: {id_: posts[id_] for id_ in wanted if id_ in posts})

    def read(below: tuple[int, int], wanted: int) -> list[tuple[int, int]]:
        return [row for row in listed if row < below][:wanted]

    found = lists._walk(read, is_created, (MAX_ID, MAX_ID), limit)
    holds = [id_ for at, id_ in listed if id_ in posts and is_created(posts[id_], at)]
    assert [each.post_id for each in found] == holds[:limit]
    assert not any(is_deleted(each, each.updated_at) for each in found)


@pytest.mark.parametrize(
    ("left_ms", "seconds"),
    [
        (0, 1),
        (1, 1),
        (999, 1),
        (1_000, 2),
        (DAY - 1, 86_400),
        (DAY, 86_401),
        (DAY + 1_000, 86_400),
        (-1, 86_400),
    ],
)
def test_a_story_lives_to_its_end_and_a_day_where_another_clock_made_it(
    left_ms: int, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stories.time, "time_ns", lambda: 5_000_000_000)
    assert _seconds_left(5_000 + left_ms) == seconds


def test_a_time_of_a_unit_is_its_own_and_does_not_move_those_of_other_writes() -> None:
    times = Timestamps()
    before = times()
    with applying(Step(1, 3, before + 10**9)):
        assert times() == times() == before + 10**9 + 3
        with applying(Step(2, 0, 5)):
            assert times() == 5
        assert current_step() == Step(1, 3, before + 10**9)
    assert before < times() < before + 10**9
    assert current_step() is None


@settings(max_examples=30)
@given(st.lists(st.integers(0, 99)), st.integers(1, 7))
def test_things_are_sorted_by_shard_in_their_order(things: list[int], shards: int) -> None:
    groups = by_shard(things, lambda thing: thing % shards)
    assert groups == {s: [t for t in things if t % shards == s] for s in {t % shards for t in things}}


@pytest.mark.parametrize(
    "wrong",
    [
        "cassandra://[::1/k", "cassandra://a/k?copies=10", "cassandra://a/k?timeout_ms=9", "cassandra://a/k/",
        "cassandra://a/1k", f"cassandra://a/{'k' * 49}", "cassandra://a:65536/k", "cassandra://a/k?datacenter=%20",
        "cassandra://a/k?reads=one", "cassandra://a/k?copies=1.5", "cassandra://:9042/k", "cassandra://a,:9042/k",
        "cassandra://a,/k", "cassandra://a/k?datacenter=", "cassandra://name:word@a/k",
    ],
)  # fmt: skip
def test_a_url_just_beyond_what_is_allowed_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="not understood"):
        cassandra_url(wrong)


def test_a_url_just_within_what_is_allowed_is_taken() -> None:
    url = cassandra_url(f"cassandra://a:65535,[::1]/{'k' * 48}?copies=9&timeout_ms=600000&writes=ALL")
    assert (url.hosts, url.port, url.copies, url.timeout_ms) == (("a", "::1"), 65_535, 9, 600_000)
