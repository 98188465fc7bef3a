"""Sources side by side, each within its quota and its time; one that fails is left out."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from time import monotonic

import numpy as np

from features.definitions import source_code
from ranking_service.pipeline.pool import NO_IDS, Ids
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.stages import Source
from ranking_service.pipeline.trace import StageFailed, Trace


class Gathering:
    """Runs ``sources``. With ``parallel`` in a thread pool and against the clock; without, one after
    the other in the calling thread and without limits, so that a simulation repeats exactly."""

    def __init__(self, sources: Sequence[Source], *, parallel: bool) -> None:
        self.sources = tuple(sources)
        self._threads = ThreadPoolExecutor(4 * len(self.sources), "loupe-source") if parallel else None

    def gather(self, query: Query, trace: Trace) -> tuple[Ids, Ids]:
        """Post ids and their source codes, int64 (n,) both, in the order of the sources.

        Raises ``StageFailed`` when every source failed.
        """
        answers = self._together(query, trace) if self._threads else self._in_turn(query, trace)
        if all(answer is None for answer in answers):
            raise StageFailed("Every source failed.")
        found = [
            NO_IDS if ids is None else ids[: s.quota] for s, ids in zip(self.sources, answers, strict=True)
        ]
        for source, ids in zip(self.sources, found, strict=True):
            trace.found(source.name, len(ids))
        codes = [np.full(len(ids), source_code(s.name)) for s, ids in zip(self.sources, found, strict=True)]
        return np.concatenate(found), np.concatenate(codes).astype(np.int64)

    def close(self) -> None:
        """Let the threads go."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _in_turn(self, query: Query, trace: Trace) -> list[Ids | None]:
        answers: list[Ids | None] = []
        for source in self.sources:
            try:
                answers.append(source.find(query))
            except Exception as error:
                trace.failed("sources", source.name, error)
                answers.append(None)
        return answers

    def _together(self, query: Query, trace: Trace) -> list[Ids | None]:
        assert self._threads is not None
        started = monotonic()
        futures = [self._threads.submit(source.find, query) for source in self.sources]
        return [
            _wait(source, future, started, trace)
            for source, future in zip(self.sources, futures, strict=True)
        ]


def _wait(source: Source, future: Future[Ids], started: float, trace: Trace) -> Ids | None:
    limit = min(started + source.seconds - monotonic(), trace.budget.left)
    try:
        return future.result(timeout=max(0.0, limit))
    except OutOfTime:
        future.cancel()
        trace.failed("sources", source.name, None)
    except Exception as error:
        trace.failed("sources", source.name, error)
    return None
