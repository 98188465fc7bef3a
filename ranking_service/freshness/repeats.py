"""Events that stand in the log more than once, because a write was done again after a crash or an outage."""

from collections.abc import Sequence
from itertools import islice

from feed_core.model.events import Event

REMEMBERED = 200_000
"""A repeat follows its first within minutes; so many events are hours of a busy home."""


class Repeats:
    """Remembers the ids of the newest events that were taken."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._most = remembered
        self._ids: dict[int, None] = {}

    def without(self, events: Sequence[Event]) -> list[Event]:
        """Those that were not taken yet, each once, in their order."""
        last = {event.event_id: event for event in events}  # a repeat is the same event
        return [event for id_, event in last.items() if id_ not in self._ids]

    def taken(self, events: Sequence[Event]) -> None:
        """From now on these are repeats."""
        self._ids.update(dict.fromkeys(event.event_id for event in events))
        for id_ in list(islice(self._ids, max(0, len(self._ids) - self._most))):
            del self._ids[id_]
