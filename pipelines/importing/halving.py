"""Finds the rows of a batch that a service refuses, so that the rest of the batch goes in."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from feed_core.model.errors import LoupeError

Row = TypeVar("Row")


def in_halves(
    rows: Sequence[Row], act: Callable[[Sequence[Row]], None], refuse: Callable[[Row, LoupeError], None]
) -> None:
    """``act`` on all rows, or on halves of them while it raises; a single row that it refuses is told.

    ``act`` takes all of its rows or none. Errors that are not the rows' fault (status 500 and above) go
    to the caller. A batch of n rows with k bad ones costs about 2k·log2(n) more calls.
    """
    if not rows:
        return
    try:
        act(rows)
    except LoupeError as error:
        if error.status >= 500:
            raise
        if len(rows) == 1:
            refuse(rows[0], error)
            return
        middle = len(rows) // 2
        in_halves(rows[:middle], act, refuse)
        in_halves(rows[middle:], act, refuse)
