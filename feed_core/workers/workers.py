"""All workers of the feed core, run until the event log is consumed."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, wait
from dataclasses import dataclass
from itertools import groupby

from feed_core.model.events import Topic
from feed_core.ports.event_log import Offsets
from feed_core.workers.consumer import Consumer

PACE_S = 0.05
"""From one turn to the next: what is written meanwhile is taken together, as a turn costs as much for one
record as for many, and answers are given."""


@dataclass(frozen=True)
class Workers:
    """The consumers, in the order in which they take turns; those of a group stand together.

    With ``threads`` the groups take theirs beside each other, which know nothing of each other as it is.
    Within a group one topic comes after the other.
    """

    consumers: Sequence[Consumer]
    threads: Executor | None = None

    def lag(self) -> int:
        """How many records wait, over all consumers."""
        ends = self._ends()
        return self._sum(lambda consumer: consumer.lag(ends[consumer.topic]))

    def leads(self) -> bool:
        """Whether this process does what one of all is to do: the first consumer's first partition is its."""
        first = self.consumers[0]
        return 0 in first.events.claim(first.group, first.topic)

    def turn(self) -> int:
        """A turn for each, for who looks at the log all the time; answers how many records were taken."""
        return self._round(resting=True)

    def drain(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Run until nothing waits; answers how many records were taken. ``progress`` (done, total)."""
        total, done = self.lag() if progress else 0, 0
        while taken := self._round(resting=False):
            done += taken
            if progress:
                progress(done, max(done, total))
        return done

    def close(self) -> None:
        """Let the threads go after what they are at."""
        if self.threads is not None:
            self.threads.shutdown()

    def _round(self, resting: bool) -> int:
        ends = self._ends()
        return self._sum(lambda consumer: consumer.step(ends[consumer.topic], resting=resting))

    def _ends(self) -> Mapping[Topic, Offsets]:
        return self.consumers[0].events.ends({consumer.topic for consumer in self.consumers})

    def _sum(self, ask: Callable[[Consumer], int]) -> int:
        """Over the answers of all; a group that raises keeps no other from its turn."""
        if self.threads is None:
            return _sum(ask, self.consumers)
        groups = [list(group) for _, group in groupby(self.consumers, lambda consumer: consumer.group)]
        running = [self.threads.submit(_sum, ask, group) for group in groups]
        wait(running)
        return sum(each.result() for each in running)


def _sum(ask: Callable[[Consumer], int], consumers: Sequence[Consumer]) -> int:
    return sum(map(ask, consumers))
