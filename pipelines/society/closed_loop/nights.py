"""What is made every night: new tastes and tags, while people read what the night before has made."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pyspark.sql import SparkSession

from features.feast_store.repository import materialize
from features.offline.publish import publish
from feed_core.model.clock import DAY, HOUR
from feed_core.ports.event_log import EventLog
from pipelines.lake import update_lake
from pipelines.spark import daily
from pipelines.spark.pairs import PairHistory

TAKES = 4 * HOUR
"""The jobs begin at midnight and their rows come online so much later, however fast they were."""


class Nights:
    """Called with every full hour, in order. The jobs of a night run on a thread of their own; the lake is
    filled before they begin, so the same play gives the same rows. ``url`` is where online rows are, "" for
    the home's own file."""

    def __init__(self, spark: SparkSession, home: Path, events: EventLog, url: str = "") -> None:
        self._spark, self._home, self._events, self._url = spark, home, events, url
        self._history: PairHistory | None = None
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="loupe-night")
        self._night: Future[None] | None = None

    def __call__(self, now: int) -> None:
        """Begin the jobs at midnight, bring their rows online ``TAKES`` later. Raises what they raised."""
        if now % DAY == 0:
            update_lake(self._events, self._home)
            self._night = self._beside.submit(self._work, now)
        elif self._night is not None and now % DAY == TAKES:
            self._night.result()
            self._night = None
            materialize(self._home, since=now - TAKES, until=now - TAKES, url=self._url)

    def close(self) -> None:
        """Wait for the jobs that run."""
        self._beside.shutdown()

    def _work(self, as_of: int) -> None:
        self._history = daily.refresh(self._spark, self._home, as_of=as_of, before=self._history).history
        publish(self._home)
