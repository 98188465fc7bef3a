"""The workers' thread: woken, at rest, tried again, stopped."""

import threading
from typing import Any, cast

from feed_core.api import draining
from feed_core.api.draining import Drainer
from feed_core.core import FeedCore
from feed_core.model.clock import HOUR, SetClock


class CountingCore:
    """Counts drains and runs of its archive; each drain announces itself, and the first may fail."""

    clock = SetClock(0)

    def __init__(self, failures: int = 0) -> None:
        self.drained = threading.Semaphore(0)
        self.count = 0
        self.failures = failures
        self.archived = 0

    @property
    def archive(self) -> "CountingCore":
        return self

    def run(self) -> None:
        self.archived += 1

    def drain(self) -> int:
        self.count += 1
        self.drained.release()
        if self.count <= self.failures:
            raise RuntimeError("the log does not answer")
        return 0


def started(core: CountingCore) -> Drainer:
    drainer = Drainer(cast(FeedCore, core))
    drainer.start()
    return drainer


def test_it_drains_once_at_the_start_and_once_per_wake() -> None:
    core = CountingCore()
    drainer = started(core)
    assert core.drained.acquire(timeout=10)
    drainer.wake()
    assert core.drained.acquire(timeout=10)
    assert drainer.running
    drainer.stop()
    assert core.count == 2
    assert not drainer.running


def test_what_was_announced_before_the_stop_is_done() -> None:
    core = CountingCore()
    drainer = started(core)
    assert core.drained.acquire(timeout=10)
    drainer.wake()
    drainer.stop()
    assert core.count == 2


def test_a_failed_drain_is_tried_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(draining, "_RETRY_SECONDS", 0.01)
    core = CountingCore(failures=2)
    drainer = started(core)
    for _ in range(3):
        assert core.drained.acquire(timeout=10)
    drainer.stop()
    assert core.count == 3


def test_it_stops_at_once_while_waiting_to_try_again() -> None:
    core = CountingCore(failures=10)
    drainer = started(core)
    assert core.drained.acquire(timeout=10)
    drainer.stop()
    assert not drainer.running


def test_it_can_be_stopped_before_it_started_and_started_again() -> None:
    core = CountingCore()
    drainer = Drainer(cast(FeedCore, core))
    drainer.stop()
    drainer.start()
    assert core.drained.acquire(timeout=10)
    drainer.stop()
    drainer.start()
    drainer.wake()
    assert core.drained.acquire(timeout=10)
    drainer.stop()


def test_what_is_due_is_let_go_once_an_hour() -> None:
    core = CountingCore()
    drainer = Drainer(cast(Any, core))
    for now in (0, HOUR - 1, HOUR, HOUR + 5):
        core.clock.set(now)
        drainer.start()
        drainer.wake()
        drainer.stop()
    assert core.archived == 2
