"""Time windows of counters: slices of one hour, and the words for which slices count.

Time is cut into slices of ``SLICE_MS``. With b = floor(t / SLICE_MS) and W = window_ms / SLICE_MS, the
value of a counter at time t is the sum over events whose slice s satisfies b - W <= s < b. So the
running slice never counts, and a value changes only at the start of a slice: when events of slice
b - 1 enter, or those of slice b - 1 - W leave.
"""

from feed_core.model.clock import DAY, HOUR

SLICE_MS = HOUR
ONE_DAY, ONE_WEEK, FOUR_WEEKS = DAY, 7 * DAY, 28 * DAY


def slice_of(ms: int) -> int:
    """The slice that the moment ``ms`` (since 1970 UTC) falls into."""
    return ms // SLICE_MS


def slice_start(slice_: int) -> int:
    """The first millisecond of ``slice_``: the event time of the rows that change there."""
    return slice_ * SLICE_MS
