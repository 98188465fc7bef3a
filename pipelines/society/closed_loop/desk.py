"""For You as the closed loop asks it, in a process of its own: pages are made while others are served."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from feed_core.model.clock import SetClock
from feed_core.settings import Settings
from pipelines.profile import open_core, open_rows
from pipelines.report import Timeline
from pipelines.society.arrays import Ints
from pipelines.society.serving import Lists
from pipelines.timelines import sample_timelines
from ranking_service.for_you import ForYou
from ranking_service.pipeline.ranking import Page
from ranking_service.records import Request

READERS_AT_ONCE = 4
"""Whose pages are made side by side where the stores are asked over a network, which is mostly waiting."""
T = TypeVar("T")


class Desk:
    """Answers at the time (ms) that each question names. Features are as fresh as when live."""

    def __init__(self, for_you: ForYou, clock: SetClock, threads: Executor | None = None) -> None:
        self._for_you, self._clock, self._threads = for_you, clock, threads
        self._made: list[Page] = []

    def catch_up(self, now: int) -> None:
        """Take in what the event log holds; one desk of a home does so."""
        self._clock.set(now)
        self._for_you.freshness.catch_up()

    def pages(self, now: int, user_ids: Sequence[int], limit: int) -> Lists:
        """What each is to be shown; ``shown`` logs it."""
        self.catch_up(now)
        requests = [Request(user_id=user_id, limit=limit) for user_id in user_ids]
        self._made = self._for_you.pages(requests, self._threads)
        return [_pairs(page) for page in self._made]

    def shown(self) -> list[tuple[int, str]]:
        """Log the pages that were made last, and remember them: the decision id and the surface of each."""
        pages, self._made = self._for_you.sent(self._made), []
        return [(page.decision_id, page.query.request.surface) for page in pages]

    def candidates(self, now: int, user_ids: Sequence[int]) -> list[Ints]:
        """The post ids that the sources offer each and the filters let through, as far as this desk, or
        another of the same home, has caught up with the log."""
        self._clock.set(now)
        each = self._threads.map if self._threads else map
        requests = [Request(user_id=user_id) for user_id in user_ids]
        return [pool.post_ids for pool in each(self._for_you.gather, requests)]

    def timelines(self, now: int, seed: int) -> tuple[Timeline, ...]:
        """Those of a few people; nothing is logged."""
        self._clock.set(now)
        return sample_timelines(self._for_you, seed)


class Ask(Protocol):
    """Has a ``Desk`` do ``task``, here or elsewhere."""

    def __call__(self, task: Callable[[Desk], T]) -> T: ...


@contextmanager
def at_desk(home: Path, settings: Settings) -> Iterator[Callable[[Callable[[Desk], T]], T]]:
    """What does the tasks of a ``Beside``, over the stores and the champion of ``home``."""
    with ExitStack() as opened:
        clock = SetClock(0)
        core = opened.enter_context(closing(open_core(home, settings, clock=clock)))
        for_you = ForYou.open(core, home, budget_ms=None, compile_trees="now", online=open_rows(settings))
        opened.callback(for_you.close)
        threads = opened.enter_context(ThreadPoolExecutor(READERS_AT_ONCE)) if core.stores.remote else None
        desk = Desk(for_you, clock, threads)
        yield lambda task: task(desk)


def _pairs(page: Page) -> list[tuple[int, int]]:
    pool = page.shown.pool
    return list(zip(pool.post_ids.tolist(), pool.author_ids.tolist(), strict=True))
