"""Events straight out of Kafka: as one batch, or as a stream that goes on from its checkpoint."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from pipelines.lake.tables import EVENT_SCHEMA, TABLES, to_table
from pipelines.spark.lake_frames import EVENTS
from pipelines.stack.jars import jars

_DECODE = next(table.row for table in TABLES if table.topic == "engagement")


def kafka_settings() -> dict[str, str]:
    """What a session needs for Kafka; give it to ``open_session`` as ``extra``. Fetches the jars once."""
    return {"spark.jars": ",".join(str(path) for path in sorted(jars("spark").glob("*.jar")))}


def kafka_events(spark: SparkSession, brokers: str, topic: str) -> DataFrame:
    """Every event that the topic holds now, each once, with the columns of the lake.

    ``brokers`` are host:port, separated by commas; ``topic`` is the name in Kafka, with its prefix.
    """
    source = spark.read.format("kafka").options(**_source(brokers, topic)).load()
    return _decoded(source).dropDuplicates(["event_id"])


def take_stream(spark: SparkSession, brokers: str, topic: str, folder: Path, most: int = 500_000) -> None:
    """Append what the topic holds beyond the checkpoint in ``folder`` to the rows there, then end.

    ``most`` records a step. A process killed in between leaves files that no reader counts: run it again.
    """
    options = {**_source(brokers, topic), "maxOffsetsPerTrigger": str(most)}
    rows = _decoded(spark.readStream.format("kafka").options(**options).load())
    query = (
        rows.writeStream.format("parquet")
        .option("path", str(folder / "rows"))
        .option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()


def streamed_events(spark: SparkSession, folder: Path) -> DataFrame:
    """The rows that ``take_stream`` has committed, each event once, however often it was delivered."""
    return spark.read.schema(EVENTS).parquet(str(folder / "rows")).dropDuplicates(["event_id"])


def _source(brokers: str, topic: str) -> dict[str, str]:
    return {"kafka.bootstrap.servers": brokers, "subscribe": topic, "startingOffsets": "earliest"}


def _decoded(source: DataFrame) -> DataFrame:
    return source.select("value").mapInArrow(_rows, EVENTS)


def _rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        bodies = batch.column(0).to_pylist()
        yield from to_table([_DECODE(body) for body in bodies], EVENT_SCHEMA).to_batches()
