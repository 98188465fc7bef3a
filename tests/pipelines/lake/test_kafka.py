"""The lake out of Kafka: many partitions, each event once, also when the writer is killed."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.clock import DAY
from feed_core.model.events import Event
from pipelines.lake import lake_offsets, read_events, read_posts, rebuild, update_lake
from pipelines.stack.layout import Stack
from tests.pipelines.lake.conftest import START, event, events_over, post
from tests.servers import fresh_topics

_ROOT = Path(__file__).parents[3]
_CHILD = """
import os, signal, sys
from pathlib import Path
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from pipelines.lake import tables, update

brokers, prefix, home, steps = *sys.argv[1:3], Path(sys.argv[3]), int(sys.argv[4])

def dying(step):
    def act(*args, **kwargs):
        global steps
        steps -= 1
        if steps <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    return act

os.fsync, Path.replace, Path.unlink = dying(os.fsync), dying(Path.replace), dying(Path.unlink)
update.TABLES = tuple(table._replace(batch=150) for table in tables.TABLES)
update.PARTS_BEFORE_COMPACTION = 2
log = KafkaEventLog(KafkaUrl(brokers, prefix, 3))
update.update_lake(log, home)
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
    kills, chance = 0, random.Random(12)
    while (status := _run_until_killed(url, home, chance.randint(12, 30))) != 0:
        assert status == -signal.SIGKILL
        ids = read_events(home)["event_id"].to_pylist()
        assert len(ids) == len(set(ids))
        kills += 1
        assert kills < 30
    assert kills >= 2
    assert sorted(read_events(home)["event_id"].to_pylist()) == sorted(e.event_id for e in events)


def _run_until_killed(url: KafkaUrl, home: Path, steps: int) -> int:
    command = [sys.executable, "-c", _CHILD, url.brokers, url.prefix, str(home), str(steps)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode
