"""The contract of ``ports.event_log``; an adapter is tested by one line at the end."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.events import TOPICS, Topic
from feed_core.ports.event_log import EventLog, LogRecord, Offsets, after, between
from tests.servers import wait_until


class EventLogContract:
    """``events`` is a log whose topics are empty; they may have any number of partitions."""

    def start(self, events: EventLog, topic: Topic) -> Offsets:
        return (0,) * len(events.end(topic))

    def test_every_topic_starts_empty_at_0(self, events: EventLog) -> None:
        for topic in TOPICS:
            start = self.start(events, topic)
            assert (events.end(topic), events.committed("g", topic)) == (start, start)
            assert events.read(topic, start, 9) == []

    @given(
        st.lists(st.lists(st.tuples(st.integers(0, 1 << 62), st.binary(max_size=20)), max_size=5), max_size=6)
    )
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_each_key_is_read_back_in_order_from_any_place(
        self, events: EventLog, batches: list[list[tuple[int, bytes]]]
    ) -> None:
        start = events.end("posts")
        for batch in batches:
            events.append("posts", batch)
        written = [record for batch in batches for record in batch]
        read = events.read("posts", start, 99)
        assert between(start, events.end("posts")) == len(read) == len(written)
        assert by_key((r.key, r.body) for r in read) == by_key(written)
        assert after(start, read) == events.end("posts")
        assert read == sorted(read, key=lambda record: (record.partition, record.offset))
        self.read_in_two_steps(events, start, read)

    def read_in_two_steps(self, events: EventLog, start: Offsets, whole: list[LogRecord]) -> None:
        first = events.read("posts", start, 2)
        assert len(first) == min(2, len(whole))
        rest = events.read("posts", after(start, first), 99)
        assert sorted(first + rest, key=place) == sorted(whole, key=place)

    @pytest.mark.parametrize("gathered", [False, True])
    def test_what_is_sent_to_several_topics_is_there_when_it_was_waited_for(
        self, events: EventLog, gathered: bool
    ) -> None:
        sent = {"decisions": [(4, b"d")], "engagement": [(4, b"1"), (5, b"2"), (4, b"3")]}
        batches = {"decisions": sent["decisions"], "engagement": sent["engagement"], "graph": []}
        events.send(batches, gathered=gathered)()
        for topic in ("decisions", "engagement"):
            read = events.read(topic, self.start(events, topic), 9)
            assert by_key((r.key, r.body) for r in read) == by_key(sent[topic])
        assert events.end("graph") == self.start(events, "graph")
        events.send({}, gathered=gathered)()

    def test_a_user_keeps_the_order_of_what_is_gathered_and_what_is_not(self, events: EventLog) -> None:
        start = self.start(events, "engagement")
        for turn in range(0, 12, 2):
            events.send({"engagement": [(4, b"%d" % turn), (5, b"x")]}, gathered=True)
            events.append("engagement", [(4, b"%d" % (turn + 1)), (6, b"y")])
        read = [r.body for r in events.read("engagement", start, 999) if r.key == 4]
        assert read == [b"%d" % turn for turn in range(12)]

    def test_ends_of_several_topics_are_asked_at_once(self, events: EventLog) -> None:
        events.append("posts", [(key, b"a") for key in range(20)])
        topics: list[Topic] = ["posts", "graph"]
        assert events.ends(topics) == {topic: events.end(topic) for topic in topics}

    def test_who_knows_an_end_reads_on_until_it_is_reached(self, events: EventLog) -> None:
        events.append("posts", [(key, b"a") for key in range(20)])
        place, end = self.start(events, "posts"), events.end("posts")
        events.append("posts", [(key, b"b") for key in range(20)])
        read: list[LogRecord] = []
        while between(place, end):
            more = events.read("posts", place, 7, end)
            assert more
            read, place = read + more, after(place, more)
        assert [record.body for record in read].count(b"a") == 20

    def test_a_key_has_its_partition(self, events: EventLog) -> None:
        for turn in range(3):
            events.append("graph", [(key, b"%d" % turn) for key in range(40)])
        found: dict[int, set[int]] = {}
        for record in events.read("graph", self.start(events, "graph"), 999):
            found.setdefault(record.key, set()).add(record.partition)
        assert len(found) == 40
        assert all(len(partitions) == 1 for partitions in found.values())
        assert set().union(*found.values()) == set(range(len(events.end("graph"))))

    def test_a_partition_beyond_its_end_gives_nothing(self, events: EventLog) -> None:
        events.append("graph", [(key, b"x") for key in range(40)])
        end = events.end("graph")
        for partition in range(len(end)):
            alone = tuple(0 if at == partition else (1 << 63) - 1 for at in range(len(end)))
            records = events.read("graph", alone, 99)
            assert [r.offset for r in records] == list(range(end[partition]))
            assert {r.partition for r in records} <= {partition}

    def test_topics_and_groups_are_apart(self, events: EventLog) -> None:
        events.append("posts", [(1, b"a"), (2, b"b")])
        events.commit("fan-out", "posts", events.end("posts"))
        assert events.end("graph") == self.start(events, "graph")
        assert events.committed("fan-out", "posts") == events.end("posts")
        assert events.committed("lake", "posts") == self.start(events, "posts")
        assert events.committed("fan-out", "graph") == self.start(events, "graph")

    def test_groups_are_known_by_what_they_committed(self, events: EventLog) -> None:
        assert events.groups("posts") == []
        for group in ("lake", "fan-out"):
            events.commit(group, "posts", self.start(events, "posts"))
        events.commit("content", "graph", self.start(events, "graph"))
        assert (events.groups("posts"), events.groups("graph")) == (["fan-out", "lake"], ["content"])

    def test_who_claims_alone_has_every_partition_and_commits_them(self, events: EventLog) -> None:
        events.append("posts", [(key, b"a") for key in range(20)])
        end = events.end("posts")
        assert events.claim("g", "posts") == set(range(len(end)))
        assert events.committed("g", "posts") == self.start(events, "posts")
        events.commit("g", "posts", end)
        assert events.committed("g", "posts") == end

    def test_a_commit_may_go_back(self, events: EventLog) -> None:
        events.append("posts", [(key, b"a") for key in range(20)])
        events.commit("g", "posts", events.end("posts"))
        events.commit("g", "posts", self.start(events, "posts"))
        assert events.committed("g", "posts") == self.start(events, "posts")

    def test_records_of_concurrent_writers_are_all_there_and_in_order(self, events: EventLog) -> None:
        def write(writer: int) -> None:
            for i in range(20):
                events.append("engagement", [(writer, b"%d" % (2 * i)), (writer, b"%d" % (2 * i + 1))])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(write, range(6)))
        records = events.read("engagement", self.start(events, "engagement"), 999)
        assert len(records) == 240
        for writer in range(6):
            assert [int(r.body) for r in records if r.key == writer] == list(range(40))


def place(record: LogRecord) -> tuple[int, int]:
    return (record.partition, record.offset)


def by_key(records: Iterable[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for key, body in records:
        found.setdefault(key, []).append(body)
    return found


class TestKafkaEventLog(EventLogContract):
    @pytest.fixture
    def events(self, kafka_url: KafkaUrl) -> Iterator[EventLog]:
        log = KafkaEventLog(kafka_url)
        yield log
        log.close()

    def test_a_partition_that_was_dealt_to_another_stands_where_that_one_left_it(
        self, events: EventLog, kafka_url: KafkaUrl
    ) -> None:
        """A member remembers where it stands, and no longer than it may."""
        events.append("posts", [(key, b"a") for key in range(40)])
        start, end = self.start(events, "posts"), events.end("posts")
        assert len(end) > 1
        everything = events.claim("g", "posts")
        events.commit("g", "posts", start)
        with closing(KafkaEventLog(kafka_url)) as other:

            def is_shared() -> bool:
                mine, others = events.claim("g", "posts"), other.claim("g", "posts")
                return bool(others) and mine | others == everything

            wait_until(is_shared)
            others = other.claim("g", "posts")
            other.commit("g", "posts", end)
            left = tuple(end[at] if at in others else start[at] for at in range(len(end)))
            assert events.committed("g", "posts") == other.committed("g", "posts") == left
        wait_until(lambda: events.claim("g", "posts") == everything)
        assert events.committed("g", "posts") == left


class TestSqliteEventLog(EventLogContract):
    @pytest.fixture
    def events(self, database: Database) -> EventLog:
        return SqliteEventLog(database)
