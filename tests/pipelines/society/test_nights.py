"""The jobs of a night run beside the play, and their rows come online at a fixed hour."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feed_core.model.clock import DAY, HOUR
from pipelines.lake import Ends
from pipelines.nightly import NightlyJobs
from pipelines.society.closed_loop import nights
from pipelines.society.closed_loop.nights import TAKES, Nights

URL = "redis://there/0"
Calls = list[tuple[Any, ...]]


class Heard:
    """The jobs, which have tests of their own: it notes the nights that are begun and waited for."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def begin(self, task: Callable[[NightlyJobs], object]) -> None:
        task(self)  # type: ignore[arg-type]

    def wait(self) -> None:
        self._calls.append(("wait",))
        if ("night", 9 * DAY, "log") in self._calls:
            raise OSError("the disk is away")

    ask = begin


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls: Calls = []

    def night(_jobs: Heard, as_of: int, ends: Ends) -> None:
        calls.append(("night", as_of, ends))

    def materialize(_home: Path, *, since: int, until: int, url: str) -> None:
        assert url == URL
        calls.append(("materialize", since, until))

    monkeypatch.setattr(NightlyJobs, "night", night)
    monkeypatch.setattr(nights, "ends_of", lambda events: events)
    monkeypatch.setattr(nights, "materialize", materialize)
    return calls


def _hours(calls: Calls, first: int, last: int) -> None:
    night = Nights(Heard(calls), Path(), "log", URL)  # type: ignore[arg-type]
    for hour in range(first, last):
        night(hour * HOUR)


def test_rows_come_online_hours_after_midnight_with_what_was_known_at_midnight(calls: Calls) -> None:
    _hours(calls, 0, TAKES // HOUR)
    assert calls == [("night", 0, "log")]  # people read on while the jobs work
    calls.clear()
    _hours(calls, 0, 30)
    day = [("night", 0, "log"), ("wait",), ("materialize", 0, 0)]
    next_day = [("night", DAY, "log"), ("wait",), ("materialize", DAY, DAY)]
    assert calls == [*day, *next_day]


def test_a_play_that_begins_in_the_day_has_no_night_to_wait_for(calls: Calls) -> None:
    _hours(calls, 1, 24)
    assert calls == []


def test_jobs_that_fail_end_the_play(calls: Calls) -> None:
    with pytest.raises(OSError, match="the disk is away"):
        _hours(calls, 9 * 24, 10 * 24)
    assert calls == [("night", 9 * DAY, "log"), ("wait",)]
