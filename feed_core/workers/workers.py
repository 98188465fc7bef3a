"""All workers of the feed core, run until the event log is consumed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from feed_core.model.events import Topic
from feed_core.ports.event_log import Offsets
from feed_core.workers.consumer import Consumer


@dataclass(frozen=True)
class Workers:
    """The consumers, in the order in which they take turns."""

    consumers: Sequence[Consumer]

    def lag(self) -> int:
        """How many records wait, over all consumers."""
        ends = {topic: self.consumers[0].events.end(topic) for topic in {c.topic for c in self.consumers}}
        return sum(consumer.lag(ends[consumer.topic]) for consumer in self.consumers)

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

    def _round(self, resting: bool) -> int:
        """Where a topic ends is asked once."""
        ends: dict[Topic, Offsets] = {}
        taken = 0
        for consumer in self.consumers:
            topic = consumer.topic
            ends[topic] = ends.get(topic) or consumer.events.end(topic)
            taken += consumer.step(ends[topic], resting=resting)
        return taken
