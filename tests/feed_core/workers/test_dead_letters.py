"""A record that cannot be taken goes aside with the reason; the others take effect, each once."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import SetClock
from feed_core.model.errors import Unavailable
from feed_core.ports.event_log import EventLog, LogRecord, after
from feed_core.workers.consumer import Consumer
from feed_core.workers.dead_letters import DeadLetters, Replayed
from pipelines.stack.layout import Stack
from tests.servers import fresh_topics, wait_until

NOW = 1_770_000_000_000


class Effects:
    """Keeps what it was given, except what it calls poison."""

    def __init__(self) -> None:
        self.poison: set[bytes] = set()
        self.taken: list[bytes] = []

    def handle(self, records: Sequence[LogRecord]) -> None:
        bad = [record.body for record in records if record.body in self.poison]
        if bad:
            raise ValueError(f"cannot read {bad[0]!r}")
        self.taken += [record.body for record in records]


class DeadLettersContract:
    @pytest.fixture
    def effects(self) -> Effects:
        return Effects()

    @pytest.fixture
    def consumer(self, events: EventLog, database: Database, effects: Effects) -> Consumer:
        return Consumer("g", "posts", effects.handle, events, database, 8, SetClock(NOW))

    def test_a_poison_record_dies_alone_and_with_the_reason(
        self, events: EventLog, consumer: Consumer, effects: Effects
    ) -> None:
        bodies = [b"%d" % at for at in range(20)]
        events.append("posts", [(at, body) for at, body in enumerate(bodies)])
        effects.poison = {b"5", b"13"}
        drain(consumer)
        assert sorted(effects.taken) == sorted(set(bodies) - effects.poison)
        letters = {letter.body: letter for letter in DeadLetters(events, []).waiting()}
        assert letters.keys() == effects.poison
        dead = letters[b"13"]
        assert (dead.group, dead.topic, dead.key, dead.died_at) == ("g", "posts", 13, NOW)
        assert dead.reason == "ValueError: cannot read b'13'"
        (record,) = [r for r in events.read("posts", (0,) * len(events.end("posts")), 99) if r.key == 13]
        assert (dead.partition, dead.offset) == (record.partition, record.offset)

    def test_dead_letters_are_replayed_to_their_group_once_it_can_take_them(
        self, events: EventLog, consumer: Consumer, effects: Effects
    ) -> None:
        events.append("posts", [(at, b"%d" % at) for at in range(6)])
        effects.poison = {b"1", b"2", b"3"}
        drain(consumer)
        effects.poison = {b"2"}
        letters = DeadLetters(events, [consumer])
        assert letters.replay(topic="graph") == Replayed(0, 0, 3)
        assert letters.replay(group="g") == Replayed(2, 1, 0)
        assert sorted(effects.taken) == [b"0", b"1", b"3", b"4", b"5"]
        assert [letter.body for letter in letters.waiting()] == [b"2"]
        assert DeadLetters(events, []).replay() == Replayed(0, 0, 1)
        effects.poison = set()
        assert letters.replay() == Replayed(1, 0, 0)
        assert list(letters.waiting()) == []
        assert consumer.lag() == 0

    def test_a_server_that_is_away_kills_no_record(
        self, events: EventLog, database: Database, effects: Effects
    ) -> None:
        def away(_: Sequence[LogRecord]) -> None:
            raise Unavailable("Cassandra does not answer.")

        events.append("posts", [(1, b"a"), (2, b"b")])
        with pytest.raises(Unavailable):
            Consumer("g", "posts", away, events, database, 8).step()
        assert list(DeadLetters(events, []).waiting()) == []
        drain(Consumer("g", "posts", effects.handle, events, database, 8))
        assert sorted(effects.taken) == [b"a", b"b"]


def drain(consumer: Consumer) -> None:
    while consumer.step():
        pass


def step(consumer: Consumer) -> int:
    """A step that fails because the partitions are just dealt anew is one to repeat."""
    with suppress(Unavailable):
        return consumer.step()
    return 1


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "log.sqlite")
    yield database
    database.close()


class TestDeadLettersInSqlite(DeadLettersContract):
    @pytest.fixture
    def events(self, database: Database) -> EventLog:
        return SqliteEventLog(database)

    @given(st.lists(st.booleans(), max_size=40), st.integers(1, 12))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_whatever_is_poison_each_record_is_taken_or_dead(
        self, events: EventLog, database: Database, poison: list[bool], batch: int
    ) -> None:
        effects, start = Effects(), events.end("graph")
        effects.poison = {b"%d" % at for at, bad in enumerate(poison) if bad}
        buried = events.end("dead")
        events.append("graph", [(at, b"%d" % at) for at in range(len(poison))])
        drain(Consumer("g", "graph", effects.handle, events, database, batch))
        assert [int(body) for body in effects.taken] == [at for at, bad in enumerate(poison) if not bad]
        assert len(events.read("dead", buried, 99)) == sum(poison)
        assert after(start, events.read("graph", start, 99)) == events.committed("g", "graph")


class TestDeadLettersInKafka(DeadLettersContract):
    @pytest.fixture
    def events(self, kafka_server: Stack) -> Iterator[EventLog]:
        with fresh_topics(kafka_server) as url:
            log = KafkaEventLog(url)
            yield log
            log.close()


def test_two_processes_of_a_group_share_the_partitions(kafka_server: Stack, database: Database) -> None:
    with fresh_topics(kafka_server) as url:
        logs = [KafkaEventLog(url), KafkaEventLog(url)]
        logs[0].append("posts", [(at, b"%d" % at) for at in range(60)])
        effects = Effects(), Effects()
        consumers = [
            Consumer("g", "posts", each.handle, log, database, 7)
            for each, log in zip(effects, logs, strict=True)
        ]
        wait_until(lambda: sorted(at for log in logs for at in log.claim("g", "posts")) == [0, 1, 2])
        wait_until(lambda: not any(step(consumer) for consumer in consumers) and not consumers[0].lag())
        assert {int(body) for each in effects for body in each.taken} == set(range(60))
        assert all(each.taken for each in effects)
        logs[0].close()
        logs[1].append("posts", [(at, b"more %d" % at) for at in range(10)])
        wait_until(lambda: not step(consumers[1]) and not consumers[1].lag())
        assert {body for body in effects[1].taken if b"more" in body} == {b"more %d" % at for at in range(10)}
        logs[1].close()
