"""The contract of ``ports.timelines``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.adapters.cassandra.timelines import CassandraTimelines
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.timelines import NEWEST, Entry
from feed_core.ports.timelines import Delivery, Timelines


def entry(post_id: int, via_id: int, at: int) -> Entry:
    return Entry(delivered_at=at, post_id=post_id, via_id=via_id, author_id=9)


small = st.integers(1, 4)
entries = st.builds(entry, small, small, small)
deliveries = st.lists(st.builds(Delivery, small, entries), max_size=40)


class TimelinesContract:
    adapter: Callable[[Database], Timelines]

    @pytest.fixture
    def timelines(self, database: Database) -> Timelines:
        return type(self).adapter(database)

    @given(deliveries, st.lists(st.tuples(small, st.tuples(small, small, small), small), max_size=4), small)
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    def test_reading_equals_sorting_what_was_delivered(
        self,
        timelines: Timelines,
        deliveries: list[Delivery],
        requests: list[tuple[int, tuple[int, int, int], int]],
        since: int,
    ) -> None:
        timelines.withdraw_posts([1, 2, 3, 4])
        timelines.deliver(deliveries)
        timelines.deliver(deliveries)
        expected = [
            sorted(
                {
                    e
                    for to, e in deliveries
                    if to == reader and e.delivered_at >= since
                    if (e.delivered_at, e.post_id, e.via_id) < before
                },
                reverse=True,
            )[:limit]
            for reader, before, limit in requests
        ]
        assert timelines.read(requests, since) == expected

    def test_withdrawing_a_person_leaves_other_readers_and_people(self, timelines: Timelines) -> None:
        kept = [Delivery(1, entry(5, 3, 10)), Delivery(2, entry(5, 4, 10))]
        timelines.deliver([*kept, Delivery(1, entry(5, 4, 10)), Delivery(1, entry(6, 4, 20))])
        timelines.withdraw([(1, 4)])
        assert timelines.read([(1, NEWEST, 9), (2, NEWEST, 9)], 0) == [[kept[0].entry], [kept[1].entry]]

    def test_withdrawing_a_post_takes_it_from_every_reader(self, timelines: Timelines) -> None:
        timelines.deliver([Delivery(r, entry(p, v, 10)) for r in (1, 2) for p in (5, 6) for v in (3, 4)])
        timelines.withdraw_posts([5])
        assert {
            e.post_id for found in timelines.read([(1, NEWEST, 9), (2, NEWEST, 9)], 0) for e in found
        } == {6}

    def test_all_copies_of_a_post_are_found(self, timelines: Timelines) -> None:
        timelines.deliver([Delivery(1, entry(5, via, 10 + via)) for via in (3, 4)])
        timelines.deliver([Delivery(2, entry(5, 3, 13))])
        found = timelines.of_posts([(1, 5), (2, 5), (1, 6)])
        assert {key: set(copies) for key, copies in found.items()} == {
            (1, 5): {entry(5, 3, 13), entry(5, 4, 14)},
            (2, 5): {entry(5, 3, 13)},
        }

    def test_who_is_pulled_is_remembered(self, timelines: Timelines) -> None:
        timelines.set_pulled([1, 2], pulled=True)
        timelines.set_pulled([2, 3], pulled=True)
        timelines.set_pulled([1, 9], pulled=False)
        assert timelines.pulled() == {2, 3}

    def test_forgotten_readers_and_times_leave_nothing(self, timelines: Timelines) -> None:
        timelines.deliver(
            [Delivery(reader, entry(post, 1, post * 10)) for reader in (1, 2) for post in (5, 6)]
        )
        timelines.forget([2, 9])
        assert timelines.read([(2, NEWEST, 9)], 0) == [[]]
        assert timelines.of_posts([(2, 5)]) == {}
        assert len(timelines.read([(1, NEWEST, 9)], 0)[0]) == 2


class TestSqliteTimelines(TimelinesContract):
    adapter = SqliteTimelines

    def test_entries_from_before_a_time_go(self, timelines: Timelines) -> None:
        timelines.deliver([Delivery(1, entry(post, 1, post * 10)) for post in (5, 6)])
        timelines.forget_before(60)
        assert timelines.read([(1, NEWEST, 9)], 0) == [[entry(6, 1, 60)]]


class TestCassandraTimelines(TimelinesContract):
    @pytest.fixture
    def timelines(self, cassandra: CassandraSession) -> Timelines:
        return CassandraTimelines(cassandra)
