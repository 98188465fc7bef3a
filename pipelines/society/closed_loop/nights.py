"""What is made every night: new tastes and tags, while people read what the night before has made."""

from functools import partial
from pathlib import Path

from features.feast_store.repository import materialize
from feed_core.model.clock import DAY, HOUR
from feed_core.ports.event_log import EventLog
from pipelines.lake import ends_of
from pipelines.nightly import Jobs, NightlyJobs

TAKES = 4 * HOUR
"""The jobs begin at midnight and their rows come online so much later, however fast they were."""


class Nights:
    """Called with every full hour, in order. The jobs of a night know what the log held at midnight, so the
    same play gives the same rows. ``url`` is where online rows are, "" for the home's own file."""

    def __init__(self, jobs: Jobs, home: Path, events: EventLog, url: str = "") -> None:
        self._jobs, self._home, self._events, self._url = jobs, home, events, url
        self._began = False

    def __call__(self, now: int) -> None:
        """Begin the jobs at midnight, bring their rows online ``TAKES`` later. Raises what they raised."""
        if now % DAY == 0:
            self._jobs.begin(partial(NightlyJobs.night, as_of=now, ends=ends_of(self._events)))
            self._began = True
        elif self._began and now % DAY == TAKES:
            self._jobs.wait()
            materialize(self._home, since=now - TAKES, until=now - TAKES, url=self._url)
