"""What Kafka holds, taken into files as a stream that goes on from its checkpoint, and read from there.

``spark/stream/<topic>/`` has the rows, the checkpoint, and rejected.jsonl for a person to look at.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession

from feed_core.model.errors import NotFound, Unavailable
from feed_core.model.events import Topic
from feed_core.stores import KafkaTopics
from pipelines.lake.unreadable import write_rejected
from pipelines.spark.kafka import columns_of, decoded, readable, source_options
from pipelines.spark.lake_frames import events_of, newest_posts, versions_before
from pipelines.spark.outputs import job_folder


def take_stream(spark: SparkSession, log: KafkaTopics, topic: Topic, home: Path, most: int = 500_000) -> None:
    """Append what Kafka holds of ``topic`` beyond the checkpoint to the rows in its folder, then end.

    ``most`` records a step. A process killed in between leaves files that no reader counts: run it again.
    A record that cannot be read is set aside and does not stop it. Raises ``Unavailable`` when it fails.
    """
    folder = _folder(home, topic)
    options = {**source_options(log, topic), "maxOffsetsPerTrigger": str(most)}
    query = (
        decoded(spark.readStream.format("kafka").options(**options).load(), topic)
        .writeStream.format("parquet")
        .option("path", str(folder / "rows"))
        .option("checkpointLocation", str(folder / "checkpoint"))
        .trigger(availableNow=True)
        .start()
    )
    try:
        query.awaitTermination()
    except StreamingQueryException as error:
        raise Unavailable(
            f"The stream of {topic} from {log.brokers} stopped ({str(error).splitlines()[0]}).",
            fix="Run it again. Where Kafka has let go of what comes next, or is a new one, move "
            f"{folder} away: it begins anew with what Kafka holds.",
        ) from error
    _write_rejected(spark, home, topic)


def streamed_events(
    spark: SparkSession, home: Path, *, end: int | None = None, actions: Sequence[str] | None = None
) -> DataFrame:
    """``events_frame`` out of what was taken of engagement: each event once, however often it was delivered.

    Raises ``NotFound`` when there is none.
    """
    events = readable(_taken(spark, home, "engagement"))
    if events.isEmpty():
        raise NotFound("Kafka holds no events.", fix="Run `loupe load` or `loupe play` on these servers.")
    return events_of(events, end, actions).dropDuplicates(["event_id"])


def streamed_posts(spark: SparkSession, home: Path, *, end: int | None = None) -> DataFrame:
    """``posts_frame`` out of what was taken of posts."""
    return newest_posts(versions_before(readable(_taken(spark, home, "posts")), end))


def rejected_files(home: Path) -> list[Path]:
    """Where the records are that could not be read: a line each, with partition, offset and reason."""
    return sorted(job_folder(home, "stream").glob("*/rejected.jsonl"))


def _folder(home: Path, topic: Topic) -> Path:
    return job_folder(home, "stream") / topic


def _taken(spark: SparkSession, home: Path, topic: Topic) -> DataFrame:
    return spark.read.schema(columns_of(topic)).parquet(str(_folder(home, topic) / "rows"))


def _write_rejected(spark: SparkSession, home: Path, topic: Topic) -> None:
    """All of them out of the committed rows, so that a run after a kill writes the same."""
    rows = _taken(spark, home, topic).where("rejected IS NOT NULL").select("rejected").collect()
    rejected = [msgspec.json.decode(row.rejected) for row in rows]
    if rejected:
        rejected.sort(key=lambda line: (line["partition"], line["offset"]))
        write_rejected(_folder(home, topic) / "rejected.jsonl", rejected)
