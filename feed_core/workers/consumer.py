"""Reads one topic for one group: first the effect, then the offset: a crash repeats, it never skips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, LogRecord, after, between
from feed_core.ports.transactions import Transactions


@dataclass(frozen=True)
class Consumer:
    """``handle`` takes up to ``batch`` records in order; its effects must bear repetition.

    A batch is one write, so it should be no larger than other writers can wait for.

    Where the log shares a database with the effects, both commit together; elsewhere a crash between
    them repeats the batch.
    """

    group: str
    topic: Topic
    handle: Callable[[Sequence[LogRecord]], None]
    events: EventLog
    transactions: Transactions
    batch: int

    def lag(self) -> int:
        """How many records wait."""
        return between(self.events.committed(self.group, self.topic), self.events.end(self.topic))

    def step(self) -> int:
        """Take one batch; answers how many records were taken, 0 when none wait."""
        if not self.lag():
            return 0
        with self.transactions.transaction():
            offsets = self.events.committed(self.group, self.topic)
            records = self.events.read(self.topic, offsets, self.batch)
            if records:
                self.handle(records)
                self.events.commit(self.group, self.topic, after(offsets, records))
            return len(records)
