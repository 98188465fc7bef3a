"""The contract of ``ports.event_log``; an adapter is tested by one line at the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.events import TOPICS
from feed_core.ports.event_log import EventLog, LogRecord


class EventLogContract:
    adapter: Callable[[Database], EventLog]

    @pytest.fixture
    def events(self, database: Database) -> EventLog:
        return type(self).adapter(database)

    def test_every_topic_starts_empty_at_0(self, events: EventLog) -> None:
        for topic in TOPICS:
            assert (events.end(topic), events.committed("g", topic), events.read(topic, 0, 9)) == (0, 0, [])

    @given(
        st.lists(st.lists(st.tuples(st.integers(0, 1 << 62), st.binary(max_size=20)), max_size=5), max_size=6)
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_records_are_read_back_in_order_from_any_offset(
        self, events: EventLog, batches: list[list[tuple[int, bytes]]]
    ) -> None:
        start = events.end("posts")
        for batch in batches:
            before = events.end("posts")
            assert events.append("posts", batch) == before + len(batch) == events.end("posts")
        written = [record for batch in batches for record in batch]
        expected = [LogRecord(start + i, *record) for i, record in enumerate(written)]
        assert events.read("posts", start, 99) == expected
        assert events.read("posts", start + 3, 2) == expected[3:5]

    def test_topics_and_groups_are_apart(self, events: EventLog) -> None:
        events.append("posts", [(1, b"a"), (2, b"b")])
        events.commit("fan-out", "posts", 2)
        assert events.end("graph") == 0
        assert events.committed("fan-out", "posts") == 2
        assert events.committed("lake", "posts") == events.committed("fan-out", "graph") == 0

    def test_records_of_concurrent_writers_are_all_there_and_whole(self, events: EventLog) -> None:
        def write(writer: int) -> None:
            for i in range(20):
                events.append("engagement", [(writer, b"%d" % (2 * i)), (writer, b"%d" % (2 * i + 1))])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(write, range(6)))
        records = events.read("engagement", 0, 999)
        assert [record.offset for record in records] == list(range(240))
        for writer in range(6):
            assert [int(r.body) for r in records if r.key == writer] == list(range(40))
        assert all(a.key == b.key for a, b in zip(records[::2], records[1::2], strict=True))


class TestSqliteEventLog(EventLogContract):
    adapter = SqliteEventLog
