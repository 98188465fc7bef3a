"""One unit of work over the stores that share a database, and one snapshot for reading."""

from contextlib import AbstractContextManager
from typing import Protocol


class Transactions(Protocol):
    """Groups port calls of one thread; a call inside a group joins the outermost one."""

    def transaction(self) -> AbstractContextManager[object]:
        """All writes inside take effect together when the block ends, or none when it raises."""

    def snapshot(self) -> AbstractContextManager[object]:
        """All reads inside see one state of the stores; nothing may be written."""
