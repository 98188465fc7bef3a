"""Corrects counts and edges that are off: once a night all of them, a small batch at a time.

A batch holds its people's writes up only for as long as it takes, and the log is looked at between two of
them. Of several processes the one that leads does it. What it has done is forgotten when it ends, which costs
a night's repair and nothing else.
"""

from dataclasses import dataclass, field

import structlog

from feed_core.model.clock import DAY, HOUR, Clock
from feed_core.services.repair import Place, RepairService

BEGINS_MS = 3 * HOUR
"""After midnight UTC."""
AT_ONCE = 50
"""People whose writes wait for one another, or posts; so few that each person has a lock of their own."""
_log = structlog.get_logger("loupe.repair")


@dataclass
class NightlyRepair:
    """One pass a night over everybody and every post; the first begins with the night after it was made."""

    repair: RepairService
    clock: Clock
    place: Place | None = None
    corrected: int = 0
    _night: int = field(init=False)

    def __post_init__(self) -> None:
        self._night = self._tonight()

    @property
    def due(self) -> bool:
        """Whether a pass is under way or is to begin."""
        return self.place is not None or self._tonight() > self._night

    def step(self) -> bool:
        """Take one batch where it is due; answers whether there is more. A step that fails is tried again
        at the next call."""
        if not self.due:
            return False
        if self.place is None:
            self._night, self.place, self.corrected = self._tonight(), Place(), 0
        step = self.repair.step(self.place, AT_ONCE)
        self.place, self.corrected = step.behind, self.corrected + step.corrected
        if self.place is None:
            _log.info("a repair has ended", corrected=self.corrected)
        return self.place is not None

    def _tonight(self) -> int:
        """The number of the night that began last."""
        return (self.clock.now() - BEGINS_MS) // DAY
