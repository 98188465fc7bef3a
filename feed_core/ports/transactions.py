"""One unit of work over the stores that share a database, and one snapshot for reading."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Protocol


class Transactions(Protocol):
    """Groups port calls of one thread; a call inside a group joins the outermost one."""

    def transaction(
        self, owners: Collection[int] = (), beside: Collection[int] = ()
    ) -> AbstractContextManager[object]:
        """All writes inside take effect together when the block ends, or none when it raises.

        ``owners`` are the users whose things change: their writes follow each other. ``beside`` are users
        whose things are read and must stay as they are meanwhile. Stores that share a database need
        neither. Where they do not, a write without owners takes effect call by call, so that workers,
        whose effects bear repetition, call it so.
        """

    def snapshot(self) -> AbstractContextManager[object]:
        """All reads inside see one state of the stores; nothing may be written."""
