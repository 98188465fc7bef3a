"""The contract of ``ports.region_counts``; an adapter is tested by one line at the end."""

from collections.abc import Callable
from functools import reduce

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feed_core.adapters.cassandra.region_counts import CassandraRegionCounts
from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.region_counts import SqliteRegionCounts
from feed_core.model.clock import SystemClock
from feed_core.model.conflicts.counts import Counted, merged_counts
from feed_core.model.posts import PostCounts
from feed_core.ports.region_counts import RegionCounts

BIG = (1 << 63) - 1
NOW = SystemClock().now()
counted = st.dictionaries(
    st.sampled_from(["eu", "us"]),
    st.tuples(st.integers(NOW, NOW + 3), st.builds(PostCounts, likes=st.integers(0, 300))),
    max_size=2,
)
numbers = iter(range(1_000, 1 << 40))
"""Posts that no other example has."""


class RegionCountsContract:
    adapter: Callable[[Database], RegionCounts]

    @pytest.fixture
    def elsewhere(self, database: Database) -> RegionCounts:
        return type(self).adapter(database)

    def test_what_regions_told_comes_back_by_post(self, elsewhere: RegionCounts) -> None:
        now = SystemClock().now()  # after whatever an earlier test removed
        told: dict[int, Counted] = {
            BIG: {"eu": (now, PostCounts(likes=3, saves=1)), "us": (now + 9, PostCounts(comments=2))},
            7: {"eu": (now, PostCounts())},
        }
        elsewhere.put(told)
        assert elsewhere.get_many([BIG, 7, 8]) == told
        elsewhere.put({})
        elsewhere.remove([BIG, 8])
        assert elsewhere.get_many([BIG, 7]) == {7: told[7]}
        assert elsewhere.get_many([]) == {}

    def test_the_later_counts_of_each_region_stay_in_any_order(self, elsewhere: RegionCounts) -> None:
        @given(st.lists(counted, min_size=1, max_size=4))
        @settings(
            max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def check(tellings: list[Counted]) -> None:
            post_id = next(numbers)
            for told in (*tellings, tellings[0]):
                elsewhere.put({post_id: told})
            known = reduce(merged_counts, tellings)
            assert elsewhere.get_many([post_id]) == ({post_id: known} if known else {})

        check()


class TestSqliteRegionCounts(RegionCountsContract):
    adapter = SqliteRegionCounts


class TestCassandraRegionCounts(RegionCountsContract):
    @pytest.fixture
    def elsewhere(self, cassandra: CassandraSession) -> RegionCounts:
        return CassandraRegionCounts(cassandra)
