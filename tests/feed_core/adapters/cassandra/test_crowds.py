"""Owners grow from one partition to many, and what they hold stays in reach."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from cachetools import TTLCache

from feed_core.adapters.cassandra import crowds
from feed_core.adapters.cassandra.crowds import WIDTHS, Crowd, bucket_of, buckets, places_of
from feed_core.adapters.cassandra.reactions import CassandraReactions, likes_crowd
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.ports.reactions import Reaction


def test_each_width_has_buckets_of_its_own_and_a_member_one_of_them() -> None:
    assert [len(buckets(width)) for width in WIDTHS] == [1, 17, 273]
    assert len(set(buckets(256))) == 273
    for member in range(1, 2_000):
        for width, place in zip(WIDTHS, places_of(member), strict=True):
            assert place == bucket_of(member, width)
            assert width <= place < 2 * width


def test_ids_of_one_shard_and_millisecond_spread_evenly() -> None:
    ids = [(moment << 22) | (7 << 12) for moment in range(10_000)]
    sizes = Counter(bucket_of(id_, 256) for id_ in ids)
    assert len(sizes) == 256
    assert max(sizes.values()) < 3 * min(sizes.values())


def test_a_width_that_ends_while_it_is_looked_for_is_known_or_read() -> None:
    session: Any = SimpleNamespace(rows_in=lambda _, owners: [(owner, 16) for owner in owners])
    crowd, times = Crowd(session, "followers", owner="user_id", member="follower_id"), [0]
    crowd._lately = TTLCache(9, 10, timer=lambda: times.pop(0) if len(times) > 1 else times[0])
    assert crowd.room([5]) == {5: 16}
    times[:] = [9, 10]
    assert crowd.room([5]) == {5: 16}


def test_a_hot_post_grows_and_keeps_every_like(
    cassandra: CassandraSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "FULL", 40)
    monkeypatch.setattr(crowds, "LOOKED_AT", 4)
    reactions, crowd = CassandraReactions(cassandra), likes_crowd(cassandra)
    widths = []
    for start in range(1, 3_001, 100):
        reactions.add("like", [Reaction(user, 5, user) for user in range(start, start + 100)])
        widths.append(crowd.widths([5], "like")[5])
    assert widths == sorted(widths)
    assert widths[-1] == 256
    assert max(size for _, _, size in crowd.sizes([5], "like")) < 250
    assert reactions.count("like", [5]) == {5: 3_000}
    assert [each.user_id for each in reactions.of_post("like", 5, 1_234, 3)] == [1_235, 1_236, 1_237]
    assert reactions.add("like", [Reaction(1, 5, 9), Reaction(2_999, 5, 9)]) == [False, False]
    assert reactions.remove("like", [(1, 5), (2_999, 5), (9_999, 5)]) == [True, True, False]
    assert reactions.count("like", [5]) == {5: 2_998}
    reactions.purge([5])
    assert crowd.widths([5], "like") == {5: 1}
    assert reactions.by_user("like", 700, 9) == []


def test_one_or_many_are_found_in_whichever_place_they_lie(
    cassandra: CassandraSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "FULL", 20)
    monkeypatch.setattr(crowds, "LOOKED_AT", 1)
    reactions, crowd = CassandraReactions(cassandra), likes_crowd(cassandra)
    before = crowd.room([5], "like")
    reactions.add("like", [Reaction(user, 5, user) for user in range(1, 31)])
    reactions.add("like", [Reaction(user, 5, user) for user in range(31, 101)])
    assert crowd.widths([5], "like")[5] > 1
    assert crowd.room([5], "like") == before == {5: 1}, "a little late"
    assert likes_crowd(cassandra).room([5], "like") == crowd.widths([5], "like")
    pairs = [(5, user) for user in range(1, 111)]
    held, places = crowd.find("at", pairs, "like")
    for pair in pairs:
        alone, place = crowd.find("at", [pair], "like")
        assert alone.get(pair) == held.get(pair) == ((pair[1],) if pair[1] <= 100 else None)
        assert place == {pair: places[pair]}
    assert crowd.find("at", [], "like") == ({}, {})
