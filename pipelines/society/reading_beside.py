"""Chronological lists read by two processes: half of the readers' here, half in one beside this."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.settings import Settings
from pipelines.beside import Beside
from pipelines.profile import open_core
from pipelines.society.serving import Chronological, Lists, Seen, Shown

T = TypeVar("T")


class ReadsAlone:
    """Plans lists for readers who all are its own, so that it knows by itself what they have seen."""

    def __init__(self, core: FeedCore, clock: SetClock) -> None:
        self._clock, self._seen = clock, Seen()
        self._lists = Chronological(core, self._seen)

    def plan(self, now: int, user_ids: Sequence[int], limit: int) -> Lists:
        """What each is to be shown at ``now`` (ms), and will have been shown next time."""
        self._clock.set(now)
        lists = self._lists.plan(user_ids, limit)
        for user_id, shown in zip(user_ids, lists, strict=True):
            self._seen.add(user_id, [post_id for post_id, _ in shown])
        return lists


class ReadInTwo:
    """``Chronological`` of a society of which nobody has seen anything yet, every other reader's list planned
    by ``beside`` (over ``reads_alone``)."""

    def __init__(self, core: FeedCore, seen: Seen, beside: Beside) -> None:
        self._core, self._beside = core, beside
        self._lists = Chronological(core, seen)
        self._goes_there: dict[int, bool] = {}

    def __call__(self, user_ids: Sequence[int], limit: int) -> Shown:
        there = [user_id for user_id in user_ids if self._is_there(user_id)]
        here = [user_id for user_id in user_ids if not self._is_there(user_id)]
        now = self._core.clock.now()
        self._beside.begin(partial(ReadsAlone.plan, now=now, user_ids=there, limit=limit))
        planned = dict(zip(here, self._lists.plan(here, limit), strict=True))
        planned |= zip(there, self._beside.wait(), strict=True)
        return self._lists.show(user_ids, [planned[user_id] for user_id in user_ids], limit)

    def _is_there(self, user_id: int) -> bool:
        return self._goes_there.setdefault(user_id, len(self._goes_there) % 2 == 1)


@contextmanager
def reads_alone(home: Path, settings: Settings) -> Iterator[Callable[[Callable[[ReadsAlone], T]], T]]:
    """What does the tasks of a ``Beside``, over the stores of ``home``."""
    clock = SetClock(0)
    with closing(open_core(home, settings, clock=clock)) as core:
        reader = ReadsAlone(core, clock)
        yield lambda task: task(reader)
