"""Who followed whom at a moment, replayed from the follow and unfollow events."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.datasets.lake import codes, column, read_table
from training.datasets.latest import NONE, last_before

Ints = NDArray[np.int64]


def followed_at(home: Path, users: Ints, authors: Ints, times: Ints) -> NDArray[np.bool_]:
    """Whether each user followed the author at that time in ms (n,), by all events of the lake before it."""
    if not len(times):
        return np.zeros(0, bool)
    table = read_table(
        home,
        "events",
        start=0,
        end=int(times.max()) + 1,
        columns=("user_id", "author_id", "occurred_at", "action"),
        actions=("follow", "unfollow"),
    )
    if not table.num_rows:
        return np.zeros(len(times), bool)
    action, names = codes(table, "action")
    follows = np.array([name == "follow" for name in names])[action]
    pairs = (column(table, "user_id"), column(table, "author_id"))
    last = last_before(pairs, column(table, "occurred_at"), (users, authors), times)
    return np.where(last != NONE, follows[last], False)
