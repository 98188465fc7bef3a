"""The event log in SQLite: one table per topic, in the same file as what the events are about.

So a write and its events commit together: nothing acknowledged is missing from the log, and the
log holds nothing that did not happen. A topic has one partition.
"""

from collections.abc import Callable, Collection, Mapping, Sequence

from feed_core.adapters.sqlite.database import Database
from feed_core.model.events import TOPICS, Topic
from feed_core.ports.event_log import LogRecord, Offsets

_OFFSETS = """
CREATE TABLE IF NOT EXISTS log_offsets (
  consumer TEXT NOT NULL, topic TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (consumer, topic)
) WITHOUT ROWID;
"""
_TOPIC = """
CREATE TABLE IF NOT EXISTS log_{topic} (place INTEGER PRIMARY KEY, key INTEGER NOT NULL, body BLOB NOT NULL);
"""


class SqliteEventLog:
    """Implements ``ports.event_log.EventLog``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_OFFSETS + "".join(_TOPIC.format(topic=topic) for topic in TOPICS))

    def append(self, topic: Topic, records: Sequence[tuple[int, bytes]]) -> None:
        with self._database.transaction() as connection:
            (start,) = self.end(topic)
            connection.executemany(
                f"INSERT INTO log_{topic} VALUES (?, ?, ?)",
                ((place, key, body) for place, (key, body) in enumerate(records, start)),
            )

    def send(
        self,
        batches: Mapping[Topic, Sequence[tuple[int, bytes]]],
        *,
        gathered: bool = False,  # noqa: ARG002
    ) -> Callable[[], None]:
        """All or nothing, and done on return."""
        with self._database.transaction():
            for topic, records in batches.items():
                self.append(topic, records)
        return lambda: None

    def read(
        self,
        topic: Topic,
        offsets: Offsets,
        limit: int,
        end: Offsets | None = None,  # noqa: ARG002
    ) -> list[LogRecord]:
        rows = self._database.rows(
            f"SELECT place, key, body FROM log_{topic} WHERE place >= ? ORDER BY place LIMIT ?",
            offsets[0],
            limit,
        )
        return [LogRecord(*row) for row in rows]

    def end(self, topic: Topic) -> Offsets:
        ((last,),) = self._database.rows(f"SELECT max(place) FROM log_{topic}")
        return (0,) if last is None else (int(last) + 1,)

    def ends(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        return {topic: self.end(topic) for topic in topics}

    def begins(self, topics: Collection[Topic]) -> Mapping[Topic, Offsets]:
        """Nothing is ever let go."""
        return dict.fromkeys(topics, (0,))

    def committed(self, group: str, topic: Topic) -> Offsets:
        rows = self._database.rows(
            "SELECT next FROM log_offsets WHERE consumer = ? AND topic = ?", group, topic
        )
        return (int(rows[0][0]) if rows else 0,)

    def commit(self, group: str, topic: Topic, offsets: Offsets) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO log_offsets VALUES (?, ?, ?)", (group, topic, *offsets)
            )

    def claim(self, group: str, topic: Topic) -> frozenset[int]:  # noqa: ARG002
        """The one partition; the transaction in which a batch is taken keeps processes apart."""
        return frozenset((0,))

    def groups(self, topic: Topic) -> list[str]:
        rows = self._database.rows(
            "SELECT consumer FROM log_offsets WHERE topic = ? ORDER BY consumer", topic
        )
        return [consumer for (consumer,) in rows]
