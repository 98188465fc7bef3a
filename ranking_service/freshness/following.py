"""What a service asks of whoever follows the event log for it."""

from typing import Protocol


class Following(Protocol):
    """Keeps what ranking reads up to date between ``start`` and ``stop``."""

    @property
    def restored(self) -> bool:
        """Whether it has been up to date once; before, counters are those of the last run."""

    @property
    def problem(self) -> str:
        """What went wrong the last time, "" when nothing did."""

    def start(self) -> None:
        """Begin, and return at once."""

    def stop(self) -> None:
        """End after what it is at."""
