"""Reads one topic for one group: first the effect, then the offset: a crash repeats, it never skips."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from feed_core.model.clock import Clock, SystemClock
from feed_core.model.dead_letters import DeadLetter
from feed_core.model.errors import Unavailable
from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, LogRecord, Offsets, after, between, only
from feed_core.ports.transactions import Transactions

_log = structlog.get_logger("loupe.consumer")
_encode = msgspec.msgpack.Encoder().encode
PASSING = (Unavailable, OSError)
"""What says that a server is away, not that a record is bad: the batch is left for later."""
_REASON_LENGTH = 1_000
RESTS_S = 1.0
"""A group may be set back by an operator, which no record tells of."""


class Rest:
    """Where a topic ended when nothing of it waited, for a second."""

    def __init__(self) -> None:
        self._end: Offsets = ()
        self._until = 0.0

    def at(self, end: Offsets) -> None:
        """Nothing waits before ``end``."""
        self._end, self._until = end, time.monotonic() + RESTS_S

    def is_new(self, end: Offsets) -> bool:
        """Whether something may wait before ``end``."""
        return end != self._end or time.monotonic() >= self._until


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
    _rest: Rest = field(default_factory=Rest, init=False, compare=False)

    def lag(self, end: Offsets | None = None) -> int:
        """How many records wait. ``end`` as in ``step``."""
        end = self.events.end(self.topic) if end is None else end
        return between(self.events.committed(self.group, self.topic), end)

    def step(self, end: Offsets | None = None, *, resting: bool = False) -> int:
        """Take one batch; answers how many records were taken, 0 when none wait for this process.

        ``end`` is where the topic ends, for callers that know. Who is ``resting`` looks again and again:
        while the end is where it was when nothing waited, the group's place is asked for once a second only.
        """
        end = self.events.end(self.topic) if end is None else end
        if resting and not self._rest.is_new(end):
            return 0
        if not self.lag(end):
            self._rest.at(end)
            return 0
        return self._take(self.events.claim(self.group, self.topic), end, self.batch)

    def retry(self, letter: DeadLetter) -> None:
        """Give a record that failed to the handler again; raises what it raises."""
        with self.transactions.transaction():
            self.handle([LogRecord(letter.offset, letter.key, letter.body, letter.partition)])

    def _take(self, mine: frozenset[int], end: Offsets, most: int) -> int:
        records: list[LogRecord] = []
        try:
            with self.transactions.transaction():
                offsets = self.events.committed(self.group, self.topic)
                records = self.events.read(self.topic, only(mine, offsets), most, end)
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
        return self._take(mine, end, half) + self._take(mine, end, len(records) - half)

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
