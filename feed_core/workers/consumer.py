"""Reads one topic for one group: first the effect, then the offset: a crash repeats, it never skips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from feed_core.model.clock import Clock, SystemClock
from feed_core.model.dead_letters import DeadLetter
from feed_core.model.errors import Unavailable
from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, LogRecord, after, between, only
from feed_core.ports.transactions import Transactions

_log = structlog.get_logger("loupe.consumer")
_encode = msgspec.msgpack.Encoder().encode
PASSING = (Unavailable, OSError)
"""What says that a server is away, not that a record is bad: the batch is left for later."""
_REASON_LENGTH = 1_000


@dataclass(frozen=True)
class Consumer:
    """``handle`` takes up to ``batch`` records in order; its effects must bear repetition.

    A batch is one write, so it should be no larger than other writers can wait for.

    Where the log shares a database with the effects, both commit together; elsewhere a crash between
    them repeats the batch. A batch that fails is halved until the record that fails alone is found: it
    goes to the topic ``dead`` with the reason, and the others take effect.
    """

    group: str
    topic: Topic
    handle: Callable[[Sequence[LogRecord]], None]
    events: EventLog
    transactions: Transactions
    batch: int
    clock: Clock = field(default_factory=SystemClock)

    def lag(self) -> int:
        """How many records wait."""
        return between(self.events.committed(self.group, self.topic), self.events.end(self.topic))

    def step(self) -> int:
        """Take one batch; answers how many records were taken, 0 when none wait for this process."""
        return self._take(self.events.claim(self.group, self.topic), self.batch) if self.lag() else 0

    def retry(self, letter: DeadLetter) -> None:
        """Give a record that failed to the handler again; raises what it raises."""
        with self.transactions.transaction():
            self.handle([LogRecord(letter.offset, letter.key, letter.body, letter.partition)])

    def _take(self, mine: frozenset[int], most: int) -> int:
        records: list[LogRecord] = []
        try:
            with self.transactions.transaction():
                offsets = self.events.committed(self.group, self.topic)
                records = self.events.read(self.topic, only(mine, offsets), most)
                if records:
                    self.handle(records)
                    self.events.commit(self.group, self.topic, after(offsets, records))
                return len(records)
        except PASSING:
            raise
        except Exception as error:
            if not records:
                raise
            if len(records) == 1:
                return self._bury(records[0], error)
        half = len(records) // 2
        return self._take(mine, half) + self._take(mine, len(records) - half)

    def _bury(self, record: LogRecord, error: Exception) -> int:
        """Move the record to the dead letters and go on behind it; a crash in between moves it twice."""
        reason = f"{type(error).__name__}: {error}"[:_REASON_LENGTH]
        letter = DeadLetter(
            group=self.group,
            topic=self.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            body=record.body,
            reason=reason,
            died_at=self.clock.now(),
        )
        with self.transactions.transaction():
            self.events.append("dead", [(record.key, _encode(letter))])
            offsets = self.events.committed(self.group, self.topic)
            self.events.commit(self.group, self.topic, after(offsets, [record]))
        _log.error(
            "a record could not be taken",
            group=self.group,
            topic=self.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason,
        )
        return 1
