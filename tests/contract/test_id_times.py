"""The contract of ``ports.id_times``; an adapter is tested by one line at the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.postgres.id_times import PostgresIdTimes
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.id_times import SqliteIdTimes
from feed_core.ports.id_times import IdTimes


def overlap(stretches: list[tuple[int, int]]) -> bool:
    return any(before[1] > after[0] for before, after in pairwise(sorted(stretches)))


class IdTimesContract:
    adapter: Callable[[Database], IdTimes]

    @pytest.fixture
    def times(self, database: Database) -> IdTimes:
        return type(self).adapter(database)

    @given(st.lists(st.integers(0, 1_000), max_size=40))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_no_time_is_given_out_twice(self, times: IdTimes, asked: list[int]) -> None:
        base = times.reserve(0)[1] + 1_000_000
        given_out = []
        for ms in asked:
            start, end = times.reserve(base + ms)
            assert base + ms <= start < end
            given_out.append((start, end))
        assert not overlap(given_out)

    def test_the_first_free_time_is_given(self, times: IdTimes) -> None:
        start, end = times.reserve(5_000)
        assert start == 5_000
        assert times.reserve(5_001)[0] == end
        assert times.reserve(4_990) == (4_990, 5_000)
        assert times.reserve(4_990)[0] > end

    def test_threads_never_share_a_time(self, times: IdTimes) -> None:
        with ThreadPoolExecutor(8) as pool:
            given_out = list(pool.map(lambda _: times.reserve(1_000), range(80)))
        assert not overlap(given_out)


class TestSqliteIdTimes(IdTimesContract):
    adapter = SqliteIdTimes


class TestPostgresIdTimes(IdTimesContract):
    @pytest.fixture
    def times(self, shards: Shards) -> IdTimes:
        return PostgresIdTimes(shards.clusters)
