"""The heat of a post against the sum that it stands for; one works the list out for all."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.clock import DAY, HOUR, MINUTE
from feed_core.model.errors import Unavailable
from feed_core.model.posts import Post, PostCounts
from feed_core.services.visibility import NOBODY
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.pipeline.query import Query
from ranking_service.records import Request
from ranking_service.sources.trending import HORIZON_MS, REFRESH_MS, Trending

NOW = 1_780_000_000_000


def query(now=NOW):
    return Query(Request(user_id=1), now, NO_IDS, NO_IDS, NO_IDS)


def post(post_id, age, author_id=1):
    return Post(
        post_id=post_id, author_id=author_id, caption="", hashtags=(), mentions=(), place="", media=(),
        created_at=NOW - age, updated_at=NOW - age,
    )  # fmt: skip


class Posts:
    """Stands in for the post service and for who may see whom; counts how often it is asked."""

    def __init__(self, posts, counts=None, closed=()):
        self.posts, self.counts, self.shut = posts, counts or {}, set(closed)
        self.asked, self.away, self.answering = 0, False, threading.Event()
        self.answering.set()

    def newest(self, since, limit):
        self.asked += 1
        assert self.answering.wait(20)
        if self.away:
            raise Unavailable("The posts are away.")
        found = sorted((p for p in self.posts if p.created_at >= since), key=lambda p: -p.created_at)
        return found[:limit]

    def counts_many(self, ids):
        return {id_: self.counts.get(id_, PostCounts()) for id_ in ids}

    def closed(self, pairs):
        return {pair for pair in pairs if pair[0] == NOBODY and pair[1] in self.shut}


def trending(posts, **options):
    return Trending(posts, posts, **options)


counts = st.builds(PostCounts, likes=st.integers(0, 3), comments=st.integers(0, 3), saves=st.integers(0, 2))
made = st.lists(st.tuples(st.integers(-HOUR, 3 * DAY), st.integers(1, 3), counts), max_size=12)


@settings(max_examples=40)
@given(made, st.integers(1, 3))
def test_the_list_is_that_of_a_plain_sort_by_heat(drawn, quota):
    posts = [post(id_, age, author) for id_, (age, author, _) in enumerate(drawn, 1)]
    counted = {id_: each for id_, (_, _, each) in enumerate(drawn, 1)}
    heat = {}
    for each in posts:
        age, c = NOW - each.created_at, counted[each.post_id]
        if 0 <= age <= HORIZON_MS and each.author_id != 3:
            heat[each.post_id] = (c.likes + c.comments + c.shares + c.saves) / (age / HOUR + 2.0) ** 1.5
    hot = sorted((id_ for id_, degrees in heat.items() if degrees), key=lambda id_: (-heat[id_], -id_))
    found = trending(Posts(posts, counted, closed=[3]), quota=quota).find(query())
    assert found.tolist() == hot[: 4 * quota]


@pytest.mark.parametrize(
    ("age", "there"), [(HORIZON_MS, True), (HORIZON_MS + 1, False), (0, True), (-1, False)]
)
def test_two_days_count_to_the_millisecond_and_the_future_does_not(age, there):
    posts = Posts([post(7, age)], {7: PostCounts(likes=1)})
    assert trending(posts).find(query()).tolist() == ([7] if there else [])


def test_of_many_who_ask_at_once_one_works_it_out():
    posts = Posts([post(7, HOUR)], {7: PostCounts(shares=1)})
    source, everybody = trending(posts), 8
    posts.answering.clear()
    with ThreadPoolExecutor(everybody) as pool:
        asked = [pool.submit(source.find, query()) for _ in range(everybody)]
        posts.answering.set()
        assert [each.result(20).tolist() for each in asked] == [[7]] * everybody
    assert posts.asked == 1


def test_a_failure_is_told_and_the_next_request_tries_again():
    posts = Posts([post(7, HOUR)], {7: PostCounts(likes=1)})
    source, posts.away = trending(posts), True
    for _ in range(2):
        with pytest.raises(Unavailable):
            source.find(query())
    posts.away = False
    assert source.find(query()).tolist() == [7]
    assert posts.asked == 3


def test_the_list_holds_for_five_minutes_of_the_requests_clock_and_not_a_millisecond_longer():
    posts = Posts([post(7, HOUR)], {7: PostCounts(likes=1)})
    source = trending(posts)
    for now, asked in ((NOW, 1), (NOW + REFRESH_MS - 1, 1), (NOW + REFRESH_MS, 2), (NOW + MINUTE, 3)):
        source.find(query(now))
        assert posts.asked == asked
