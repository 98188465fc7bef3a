"""Records straight out of Kafka as rows: the columns of the lake, and why one could not be read.

The executors decode what they fetch: on a cluster they need this package.
"""

from collections.abc import Iterator
from functools import partial

import msgspec
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from feed_core.model.events import Topic
from feed_core.ports.event_log import LogRecord
from feed_core.stores import KafkaTopics
from pipelines.lake.tables import TABLES
from pipelines.lake.unreadable import read_rows
from pipelines.spark.lake_frames import EVENTS, POSTS
from pipelines.stack.jars import jars

_TABLES = {table.topic: table for table in TABLES}
_COLUMNS = {"events": EVENTS, "posts": POSTS}


def kafka_settings() -> dict[str, str]:
    """What a session needs for Kafka; give it to ``open_session`` as ``extra``. Fetches the jars once."""
    return {"spark.jars": ",".join(str(path) for path in sorted(jars("spark").glob("*.jar")))}


def kafka_events(spark: SparkSession, log: KafkaTopics) -> DataFrame:
    """Every event of engagement that Kafka holds now, each once, with the columns of the lake."""
    source = spark.read.format("kafka").options(**source_options(log, "engagement")).load()
    return readable(decoded(source, "engagement")).dropDuplicates(["event_id"])


def source_options(log: KafkaTopics, topic: Topic) -> dict[str, str]:
    """What Spark is told about ``topic``, which it reads from the oldest record on."""
    return {
        "kafka.bootstrap.servers": log.brokers, "subscribe": log.names[topic], "startingOffsets": "earliest",
    }  # fmt: skip


def columns_of(topic: Topic) -> str:
    """Those of the lake, and ``rejected``: why a record is no row, with its place and body, as JSON."""
    return f"{_COLUMNS[_TABLES[topic].name]}, rejected string"


def decoded(source: DataFrame, topic: Topic) -> DataFrame:
    """Kafka's records of ``topic`` with ``columns_of`` it; a record has its row or ``rejected``."""
    records = source.select("partition", "offset", "value")
    return records.mapInArrow(partial(_rows, topic), columns_of(topic))


def readable(rows: DataFrame) -> DataFrame:
    """Of what ``decoded`` made, the rows, with the columns of the lake."""
    return rows.where("rejected IS NULL").drop("rejected")


def _rows(topic: Topic, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        columns = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        records = [LogRecord(offset, 0, body or b"", partition) for partition, offset, body in columns]
        rows, rejected = read_rows(_TABLES[topic], records)
        lines = pa.array([msgspec.json.encode(line).decode() for line in rejected], pa.string())
        both = [rows, pa.table({"rejected": lines})]
        yield from pa.concat_tables(both, promote_options="default").to_batches()
