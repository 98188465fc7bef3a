"""Which decisions have been logged, so that none is logged twice."""

from collections.abc import Collection, Sequence
from typing import Protocol


class Decisions(Protocol):
    """Ids of logged decisions."""

    def add(self, decision_ids: Sequence[int]) -> list[bool]:
        """Remember decisions as logged; answers, per id, whether it is new."""

    def logged(self, decision_ids: Collection[int]) -> set[int]:
        """Those that are remembered."""
