"""The lake out of Kafka: many partitions, each event once, also when the writer is killed."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.clock import DAY
from feed_core.model.errors import Conflict
from feed_core.model.events import Event
from pipelines.lake import lake_offsets, read_events, read_posts, rebuild, update_lake
from pipelines.stack.layout import Stack
from tests.dying import killed_until_done
from tests.pipelines.lake.conftest import START, assert_no_event_twice, event, events_over, post
from tests.servers import fresh_topics

pytestmark = pytest.mark.slow(30)

_CHILD = """
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from tests.pipelines.lake.conftest import update_in_small_steps

log = KafkaEventLog(KafkaUrl(*sys.argv[1:3], 3))
update_in_small_steps(log, Path(sys.argv[3]))
log.close()
"""


@pytest.fixture
def url(kafka_server: Stack) -> Iterator[KafkaUrl]:
    with fresh_topics(kafka_server) as url:
        yield url


@pytest.fixture
def kafka(url: KafkaUrl) -> Iterator[KafkaEventLog]:
    log = KafkaEventLog(url)
    yield log
    log.close()


def append(log: KafkaEventLog, events: list[Event]) -> None:
    log.append("engagement", [(e.user_id, msgspec.msgpack.encode(e)) for e in events])


def by_many(events: list[Event]) -> list[Event]:
    return [msgspec.structs.replace(each, user_id=each.event_id % 17 + 1) for each in events]


def test_events_of_all_partitions_come_once_and_a_second_run_adds_what_is_new(
    kafka: KafkaEventLog, home: Path
) -> None:
    events = by_many(events_over(days=2, per_day=50))
    append(kafka, [*events, *events[:7]])
    report = update_lake(kafka, home)
    assert (report.rows, report.duplicates, report.offset) == (100, 7, 107)
    assert lake_offsets(home)["engagement"] == kafka.end("engagement")
    assert all(kafka.end("engagement"))
    append(kafka, [event(500, START + DAY, user_id=4)])
    assert update_lake(kafka, home).rows == 1
    wanted = sorted([*(e.event_id for e in events), 500])
    assert sorted(read_events(home)["event_id"].to_pylist()) == wanted
    assert rebuild(kafka, home).rows == 101


def test_what_has_left_the_log_is_told_and_a_lake_is_not_rebuilt_without_it(
    kafka: KafkaEventLog, url: KafkaUrl, home: Path
) -> None:
    append(kafka, by_many(events_over(days=2, per_day=20)))
    update_lake(kafka, home)
    before = read_events(home)
    append(kafka, by_many(events_over(days=1, per_day=20)))
    behind = kafka.end("engagement")
    append(kafka, [event(900, START + DAY, user_id=4)])
    _let_go(url, behind)
    assert kafka.begins(["engagement"]) == {"engagement": behind}
    with pytest.raises(Conflict, match=r"let go of 60 records of engagement"):
        rebuild(kafka, home)
    assert read_events(home).equals(before)
    report = update_lake(kafka, home)
    assert (report.lost, report.rows) == (20, 1)
    assert lake_offsets(home)["engagement"] == kafka.end("engagement")


def _let_go(url: KafkaUrl, offsets: tuple[int, ...]) -> None:
    admin = AdminClient({"bootstrap.servers": url.brokers})
    places = [TopicPartition(url.topic("engagement"), at, offset) for at, offset in enumerate(offsets)]
    for done in admin.delete_records(places).values():
        done.result(30)


def test_the_newest_version_of_a_post_wins(kafka: KafkaEventLog, home: Path) -> None:
    for version in range(5):
        posts = [post(id_, START + version, author_id=id_, caption=str(version)) for id_ in range(1, 9)]
        kafka.append("posts", [(p.author_id, msgspec.msgpack.encode(p)) for p in posts])
        update_lake(kafka, home)
    assert read_posts(home)["caption"].to_pylist() == ["4"] * 8


def test_killed_at_random_steps_the_lake_still_holds_each_event_once(
    kafka: KafkaEventLog, url: KafkaUrl, home: Path
) -> None:
    events = by_many(events_over(days=2, per_day=250))
    random.Random(4).shuffle(events)
    append(kafka, [*events, *events[:50]])
    killed_until_done(
        _CHILD, url.brokers, url.prefix, str(home), steps=(12, 30),
        check=lambda: assert_no_event_twice(home),
    )  # fmt: skip
    assert sorted(read_events(home)["event_id"].to_pylist()) == sorted(e.event_id for e in events)
