"""How much time a request has left; simulations and replays have all the time they want."""

import math
import time


class Budget:
    """Real time from its making; ``seconds`` None never ends."""

    def __init__(self, seconds: float | None) -> None:
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def spent(self) -> bool:
        """Whether no time is left."""
        return self.left <= 0.0
