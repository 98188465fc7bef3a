"""Somebody who reads without rest, also while servers are away, and judges every answer."""

import random
import threading
import time

from tests.faults.client import Client, WrongAnswer
from tests.faults.log_ins import LogIns
from tests.faults.reads import Reads

_PAUSE_S = 0.02
_SESSIONS = 0.1
"""How many of the looks ask whether a token is good."""


class Looker(threading.Thread):
    """Looks until told to stop. ``right`` counts the answers that were; ``failure`` is the first that was
    not."""

    def __init__(
        self, name: str, client: Client, reads: Reads, log_ins: LogIns, seed: int, stop: threading.Event
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.client, self.right = client, 0
        self.failure: BaseException | None = None
        self._reads, self._log_ins, self._stop_asked = reads, log_ins, stop
        self._chance = random.Random(f"{seed} {name}")

    def run(self) -> None:
        try:
            while not self._stop_asked.is_set():
                if self._chance.random() < _SESSIONS:
                    self.right += self._log_ins.look(self.client, self._chance)
                else:
                    self.right += self._look()
                self._stop_asked.wait(_PAUSE_S)
        except BaseException as error:
            self.failure = error
            self._stop_asked.set()

    def _look(self) -> bool:
        """Whether there was an answer."""
        look, since = self._reads.draw(self._chance), time.monotonic()
        said = self.client.read(look.path)
        if said is None:
            return False
        wrong = list(look.judge(said, since, time.monotonic()))
        if wrong:
            raise WrongAnswer(f"GET {look.path}: {'; '.join(wrong)}"[:1_000])
        return True
