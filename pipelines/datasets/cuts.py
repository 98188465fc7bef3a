"""The moments at which a history is cut: before each everything is known, after it is what people chose."""

from typing import NamedTuple

import numpy as np

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.discovery.history import History

HELD_OUT = 4
"""How many of the newest cuts that teach only say when to stop."""


LENGTHS = (30, 14, 7, 3, 1)
"""Days of a window, the longest first: what a short history cannot be cut into is cut finer."""


class Window(NamedTuple):
    """How many days people are watched after a cut, how many cuts teach, how many windows are judged."""

    days: int = 30
    cuts: int = 24
    judged: int = 6

    @property
    def ms(self) -> int:
        """The days in milliseconds."""
        return self.days * DAY


class Cuts(NamedTuple):
    """Moments (ms), a window apart, oldest first. ``split`` is where the report's figures begin.

    The windows of ``earlier`` end at the split or before; ``later`` begins with the split, and its windows
    end within the data.
    """

    earlier: tuple[int, ...]
    later: tuple[int, ...]

    @property
    def split(self) -> int:
        """The first moment that is judged."""
        return self.later[0]

    def teaching(self, before: int, count: int) -> tuple[int, ...]:
        """The newest ``count`` cuts before the cut ``before``: their windows end there at the latest."""
        known = tuple(cut for cut in (*self.earlier, *self.later) if cut < before)
        return known[max(0, len(known) - count) :]


def cuts_of(history: History, window: Window = Window()) -> Cuts:
    """The cuts of a history; raises ``InvalidInput`` when it is too short to teach or to judge."""
    split = history.split()
    return Cuts(_earlier(history, split, window), _later(history, split, window))


def window_of(history: History, days: int = 0) -> Window:
    """Windows of ``days``, or of the longest of ``LENGTHS`` that it is long enough for.

    Raises ``InvalidInput`` when it cannot be cut so.
    """
    if days:
        cuts_of(history, Window(days))
        return Window(days)
    for length in LENGTHS:
        try:
            cuts_of(history, Window(length))
        except InvalidInput:
            continue
        return Window(length)
    raise InvalidInput(
        f"The history spans {_span(history)} days: no length of windows from {LENGTHS[0]} days to "
        f"{LENGTHS[-1]} leaves more than {HELD_OUT} before the split, and one after it.",
        fix="Load a longer history.",
    )


def _span(history: History) -> int:
    return int(history.at[-1] - history.at[0]) // DAY + 1


def _earlier(history: History, split: int, window: Window) -> tuple[int, ...]:
    """With a past as long as a window; raises ``InvalidInput`` when there are not more than ``HELD_OUT``."""
    first = int(history.at[0]) + window.ms
    cuts = [split - number * window.ms for number in range(window.cuts, 0, -1)]
    cuts = [cut for cut in cuts if cut >= first and _any(history, cut, window)]
    if len(cuts) <= HELD_OUT:
        raise InvalidInput(
            f"There are {len(cuts)} windows of {window.days} days before the split.",
            fix=f"Load a longer history or choose shorter windows: more than {HELD_OUT} are needed.",
        )
    return tuple(cuts)


def _later(history: History, split: int, window: Window) -> tuple[int, ...]:
    """The split, whose window may be cut short, and the cuts after it whose windows are whole."""
    if not _any(history, split, window):
        raise InvalidInput(f"Nothing happens in the {window.days} days after the split.", fix="Load more.")
    end = int(history.at[-1]) + DAY
    later = range(split + window.ms, end - window.ms + 1, window.ms)
    return split, *(cut for cut in later if _any(history, cut, window))


def _any(history: History, cut: int, window: Window) -> bool:
    start, end = np.searchsorted(history.at, [cut, cut + window.ms])
    return bool(end > start > 0)
