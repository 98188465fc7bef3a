"""What was asked for and acknowledged of each thing, and when: so it is known which answers are right."""

import math
import threading
import time
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

Fact = tuple[Hashable, ...]
"""Such as ("like", user, post): a kind, whose it is, and what it is about. One writer alone turns it."""


@dataclass(slots=True)
class _Turn:
    value: object
    sent: float
    acknowledged: float = math.inf


class History:
    """The turns of every fact in their order. Times are those of ``time.monotonic``."""

    def __init__(self) -> None:
        self._facts: dict[Fact, dict[Hashable, list[_Turn]]] = defaultdict(dict)
        self._lock = threading.Lock()

    def send(self, fact: Fact, value: object, sent: float | None = None) -> None:
        """A write that makes the fact ``value`` is on its way, since now unless told."""
        turn = _Turn(value, time.monotonic() if sent is None else sent)
        with self._lock:
            self._facts[fact[:-1]].setdefault(fact[-1], []).append(turn)

    def acknowledge(self, fact: Fact) -> None:
        """The write that was sent last has its answer."""
        self._turns(fact)[-1].acknowledged = time.monotonic()

    def strong(self, fact: Fact, since: float, until: float, at_first: object = False) -> set[object]:
        """What a strongly consistent read from ``since`` to ``until`` may say: the last value acknowledged
        before it, or one that was on its way meanwhile."""
        turns = self._turns(fact)
        known = max((at for at, turn in enumerate(turns) if turn.acknowledged <= since), default=-1)
        before = turns[known].value if known >= 0 else at_first
        return {before} | {turn.value for turn in turns[known + 1 :] if turn.sent <= until}

    def lagging(self, fact: Fact, until: float, at_first: object = False) -> set[object]:
        """What a read may say that shows some moment before ``until``."""
        return {at_first} | {turn.value for turn in self._turns(fact) if turn.sent <= until}

    def about(self, *whose: Hashable) -> list[Hashable]:
        """What there are facts about under this kind and owner."""
        with self._lock:
            return list(self._facts[whose])

    def most(self, until: float, *whose: Hashable) -> int:
        """How many things of this kind and owner can at most have been true at one moment."""
        return sum(True in self.lagging((*whose, what), until) for what in self.about(*whose))

    def _turns(self, fact: Fact) -> list[_Turn]:
        with self._lock:
            return list(self._facts[fact[:-1]].get(fact[-1], ()))
