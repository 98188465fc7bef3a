"""Around what reads one person's home timeline: it is read together, and remembered where it can be."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Home(Protocol):
    """Answers questions about a reader's timeline."""

    def __call__(self, reader_id: int, question: Hashable, compose: Callable[[], T], /) -> T:
        """What ``compose`` answers, which reads through the ports in this thread and depends on ``question``
        alone besides; or what it answered before, where it would answer the same."""


def composed(_reader_id: int, _question: Hashable, compose: Callable[[], T], /) -> T:
    """Implements ``Home`` by asking every time."""
    return compose()
