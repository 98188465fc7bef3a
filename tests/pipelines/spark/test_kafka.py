"""Spark reads events out of Kafka, in a batch and in a stream; after a SIGKILL each event counts once."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.url import KafkaUrl
from pipelines.stack.layout import Stack
from tests.pipelines.lake.conftest import events_over
from tests.servers import fresh_topics, wait_until

pytestmark = pytest.mark.slow(60)  # a Spark of its own, twice
_ROOT = Path(__file__).parents[3]
_CHILD = """
import json, sys
from pathlib import Path
from pipelines.spark.kafka import kafka_events, kafka_settings, streamed_events, take_stream
from pipelines.spark.session import open_session

brokers, topic, folder = *sys.argv[1:3], Path(sys.argv[3])
with_kafka = kafka_settings()
spark = open_session(folder, master="local[1]", driver_memory="512m", extra=with_kafka)
take_stream(spark, brokers, topic, folder, 200)
frames = {"batch": kafka_events(spark, brokers, topic), "stream": streamed_events(spark, folder)}
ids = {name: frame.select("event_id").collect() for name, frame in frames.items()}
print(json.dumps({name: sorted(row.event_id for row in rows) for name, rows in ids.items()}))
spark.stop()
"""


@pytest.fixture
def url(kafka_server: Stack) -> Iterator[KafkaUrl]:
    with fresh_topics(kafka_server) as url:
        yield url


def start(url: KafkaUrl, folder: Path) -> "subprocess.Popen[str]":
    """Takes the stream to its end, and prints what stream and batch hold."""
    command = [sys.executable, "-c", _CHILD, url.brokers, url.topic("engagement"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def test_after_a_kill_batch_and_stream_hold_each_event_once(url: KafkaUrl, tmp_path: Path) -> None:
    log = KafkaEventLog(url)
    events = [
        msgspec.structs.replace(e, user_id=e.event_id % 13 + 1) for e in events_over(days=1, per_day=1_000)
    ]
    log.append("engagement", [(e.user_id, msgspec.msgpack.encode(e)) for e in [*events, *events[:9]]])
    log.close()
    killed = start(url, tmp_path)
    wait_until(lambda: killed.poll() is not None or len(list(tmp_path.glob("rows/part-*"))) >= 2, 200)
    assert killed.poll() is None
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    said, _ = start(url, tmp_path).communicate(timeout=200)
    wanted = sorted(e.event_id for e in events)
    assert msgspec.json.decode(said) == {"batch": wanted, "stream": wanted}
