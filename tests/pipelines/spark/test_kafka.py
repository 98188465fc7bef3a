"""Spark reads Kafka, in a batch and in a stream; after a SIGKILL each event counts once, as in the lake."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow.parquet as pq
import pytest

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.clock import DAY
from feed_core.model.events import Event
from feed_core.model.posts import Post
from pipelines.lake import update_lake
from pipelines.stack.layout import Stack
from tests.pipelines.lake.conftest import START, event, events_over, post
from tests.servers import fresh_topics, wait_until

pytestmark = pytest.mark.slow(60)  # a Spark of its own, twice
_ROOT = Path(__file__).parents[3]
_CHILD = """
import json, sys
from pathlib import Path
from feed_core.model.errors import NotFound
from feed_core.model.servers import Servers
from feed_core.stores import kafka_topics
from pipelines.spark import trends
from pipelines.spark.kafka import kafka_events, kafka_settings
from pipelines.spark.session import open_session
from pipelines.spark.stream import streamed_events, take_stream

brokers, prefixes, home = sys.argv[1], sys.argv[2:4], Path(sys.argv[4])
log, empty = (kafka_topics(Servers(kafka_url=f"kafka://{brokers}/{prefix}")) for prefix in prefixes)
spark = open_session(home, master="local[1]", driver_memory="512m", extra=kafka_settings())
take_stream(spark, log, "engagement", home, 200)
frames = {"batch": kafka_events(spark, log), "stream": streamed_events(spark, home)}
told = {name: sorted(row.event_id for row in frame.collect()) for name, frame in frames.items()}
for folder, source in ((home / "lake_alone", None), (home, log), (home / "nothing", empty)):
    try:
        trends.run(spark, folder, closed=lambda ids: {5} & set(ids), log=source)
    except NotFound as error:
        told["nothing"] = str(error)
print(json.dumps(told))
spark.stop()
"""
BROKEN = b"\xc1 is no msgpack"
AT_NO_TIME = event(9_001, -5)


class Taken(NamedTuple):
    """What was sent, and what a run after a kill said of it and left in ``home``."""

    events: list[Event]
    home: Path
    batch: list[int]
    stream: list[int]
    nothing: str


def sent_events() -> list[Event]:
    """By 13 people about 20 posts."""
    actions = ("like", "impression", "comment", "share", "save", "unlike")
    return [
        msgspec.structs.replace(
            e, user_id=e.event_id % 13 + 1, post_id=e.event_id % 20 + 1, action=actions[e.event_id % 6]
        )
        for e in events_over(days=2, per_day=300)
    ]


def sent_posts() -> list[Post]:
    """One in four is edited later, one in five deleted; authors are 1 … 7."""
    made = [post(at, author_id=at % 7 + 1, hashtags=(f"tag{at % 3}", "all")) for at in range(1, 21)]
    edited = [post(p.post_id, START + DAY, author_id=p.author_id, hashtags=("new",)) for p in made[::4]]
    gone = [post(p.post_id, START + 2 * DAY, author_id=p.author_id, deleted=True) for p in made[::5]]
    return [*gone, *made, *edited]


def send(log: KafkaEventLog, events: list[Event], posts: list[Post]) -> None:
    """With some events twice, an event of the graph, and records that are none."""
    encode = msgspec.msgpack.encode
    log.append("engagement", [(3, BROKEN), (4, encode(AT_NO_TIME))])
    log.append("engagement", [(e.user_id, encode(e)) for e in [*events, *events[:9]]])
    log.append("graph", [(1, encode(event(9_000, post_id=0, action="follow")))])
    log.append("posts", [(p.author_id, encode(p)) for p in posts])
    log.append("posts", [(3, BROKEN)])


def start(url: KafkaUrl, home: Path, empty: str) -> "subprocess.Popen[str]":
    """Takes the stream to its end, makes trends of lake and stream, prints what stream and batch hold."""
    command = [sys.executable, "-c", _CHILD, url.brokers, url.prefix, empty, str(home)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


@pytest.fixture(scope="module")
def taken(kafka_server: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    """The stream was killed after two steps and run again."""
    home, events = tmp_path_factory.mktemp("stream"), sent_events()
    with fresh_topics(kafka_server) as url, fresh_topics(kafka_server) as empty:
        KafkaEventLog(empty).close()
        with closing(KafkaEventLog(url)) as log:
            send(log, events, sent_posts())
            update_lake(log, home / "lake_alone")
        killed, parts = start(url, home, empty.prefix), home / "spark" / "stream" / "engagement" / "rows"
        wait_until(lambda: killed.poll() is not None or len(list(parts.glob("part-*"))) >= 2, 200)
        assert killed.poll() is None
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        said, _ = start(url, home, empty.prefix).communicate()
        yield Taken(events, home, **msgspec.json.decode(said))


def test_after_a_kill_batch_and_stream_hold_each_event_once(taken: Taken) -> None:
    assert taken.batch == taken.stream == sorted(e.event_id for e in taken.events)


def test_trends_out_of_kafka_are_those_of_the_lake(taken: Taken) -> None:
    folders = [home / "spark" / "trends" for home in (taken.home, taken.home / "lake_alone")]
    kafka, lake = (pq.read_table(folder / "trends.parquet") for folder in folders)
    assert set(lake["tag"].to_pylist()) == {"tag0", "tag1", "tag2", "all", "new"}
    assert kafka.equals(lake)
    assert len({(folder / "trends.json").read_bytes() for folder in folders}) == 1


def test_records_that_cannot_be_read_are_set_aside_as_the_lake_does(taken: Taken) -> None:
    for topic, count in (("engagement", 2), ("posts", 1)):
        lines = (taken.home / "spark" / "stream" / topic / "rejected.jsonl").read_bytes().splitlines()
        assert len(lines) == count
        rejected = [msgspec.json.decode(line) for line in lines]
        assert all({"partition", "offset", "reason"} <= line.keys() for line in rejected)
        (of_the_lake,) = (taken.home / "lake_alone" / "lake" / "rejected").glob(f"{topic}-*.jsonl")
        assert sorted(lines) == sorted(of_the_lake.read_bytes().splitlines())


def test_kafka_without_events_is_said(taken: Taken) -> None:
    assert taken.nothing.startswith("Kafka holds no events.")
