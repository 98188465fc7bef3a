"""Events as columns, the form in which counters are counted."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from features.definitions.windows import SLICE_MS
from feed_core.model.events import ACTIONS, Event

ACTION_CODES: dict[str, int] = {action: code for code, action in enumerate(ACTIONS)}
_FIELDS = attrgetter("user_id", "author_id", "post_id", "occurred_at", "action", "value")


@dataclass(frozen=True, slots=True)
class EventColumns:
    """n events: ids, slice and action code int64 (n,), value float64 (n,)."""

    user_id: NDArray[np.int64]
    author_id: NDArray[np.int64]
    post_id: NDArray[np.int64]
    slice: NDArray[np.int64]
    action: NDArray[np.int64]
    value: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.slice)

    def where(self, mask: NDArray[np.bool_]) -> "EventColumns":
        """The events for which ``mask`` (n,) holds."""
        return EventColumns(*(getattr(self, field.name)[mask] for field in fields(self)))


def columns_of(events: Sequence[Event]) -> EventColumns:
    """The columns of ``events``."""
    if not events:
        return join(())
    users, authors, posts, times, actions, values = zip(*map(_FIELDS, events), strict=True)
    codes = list(map(ACTION_CODES.__getitem__, actions))
    slices = np.array(times, np.int64) // SLICE_MS
    return EventColumns(
        np.array(users, np.int64),
        np.array(authors, np.int64),
        np.array(posts, np.int64),
        slices,
        np.array(codes, np.int64),
        np.array(values, np.float64),
    )


def join(parts: Sequence[EventColumns]) -> EventColumns:
    """The events of all ``parts``, in order."""

    def joined(name: str) -> NDArray[np.int64]:
        none = np.zeros(0, np.float64 if name == "value" else np.int64)
        return np.concatenate([none, *(getattr(part, name) for part in parts)])

    return EventColumns(*(joined(field.name) for field in fields(EventColumns)))  # type: ignore[arg-type]
