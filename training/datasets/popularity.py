"""How much a post had collected just before each moment: counted from the events, exact to the ms."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def collected_before(
    posts: Ints, times: Ints, event_posts: Ints, event_times: Ints, values: Floats, *, window_ms: int
) -> Floats:
    """Sum of ``values`` (m,) of a post's events with t − window ≤ time < t, for each (post, t) (n,)."""
    names, of_event = np.unique(event_posts, return_inverse=True)
    if not len(names):
        return np.zeros(len(posts))
    first, span = int(event_times.min()), int(event_times.max() - event_times.min()) + 2
    place = of_event * span + (event_times - first)
    order = np.argsort(place, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(values[order])])
    at = np.minimum(np.searchsorted(names, posts), len(names) - 1)

    def before(moments: Ints) -> Floats:
        local = np.clip(moments - first, 0, span - 1)
        return running[np.searchsorted(place[order], at * span + local, side="left")]

    return np.where(names[at] == posts, before(times) - before(times - window_ms), 0.0)
