"""Reads one topic for one group: first the effect, then the offset: a crash repeats, it never skips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feed_core.model.events import Topic
from feed_core.ports.event_log import EventLog, LogRecord
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
        return self.events.end(self.topic) - self.events.committed(self.group, self.topic)

    def step(self) -> int:
        """Take one batch; answers how many records were taken, 0 when none wait."""
        if self.lag() <= 0:
            return 0
        with self.transactions.transaction():
            offset = self.events.committed(self.group, self.topic)
            records = self.events.read(self.topic, offset, self.batch)
            if records:
                self.handle(records)
                self.events.commit(self.group, self.topic, records[-1].offset + 1)
            return len(records)
