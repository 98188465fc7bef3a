"""The jobs of a night run beside the play, and their rows come online at a fixed hour."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from feed_core.model.clock import DAY, HOUR
from pipelines.society.closed_loop import nights
from pipelines.society.closed_loop.nights import TAKES, Nights
from pipelines.spark.daily import Night

URL = "redis://there/0"


class Heard(NamedTuple):
    """What the jobs were asked, in order, and the gate that they wait at."""

    calls: list[tuple[Any, ...]]
    gate: threading.Event


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """The jobs themselves have tests of their own; these only tell that they ran."""
    heard = Heard([], threading.Event())

    def refresh(_spark: Any, _home: Path, *, as_of: int, before: Any) -> Night:
        assert heard.gate.wait(30)
        heard.calls.append(("refresh", as_of, before))
        if as_of == 9 * DAY:
            raise OSError("the disk is away")
        return Night(Path(), Path(), f"history {as_of // DAY}")  # type: ignore[arg-type]

    def materialize(_home: Path, *, since: int, until: int, url: str) -> None:
        assert url == URL
        heard.calls.append(("materialize", since, until))

    monkeypatch.setattr(nights, "update_lake", lambda _events, _home: heard.calls.append(("lake",)))
    monkeypatch.setattr(nights.daily, "refresh", refresh)
    monkeypatch.setattr(nights, "publish", lambda _home: heard.calls.append(("publish",)))
    monkeypatch.setattr(nights, "materialize", materialize)
    yield heard
    heard.gate.set()


def _hours(night: Nights, first: int, last: int) -> None:
    for hour in range(first, last):
        night(hour * HOUR)


def test_rows_come_online_hours_after_midnight_with_what_was_known_at_midnight(heard: Heard) -> None:
    night = Nights(None, Path(), None, URL)  # type: ignore[arg-type]
    _hours(night, 0, TAKES // HOUR)
    assert heard.calls == [("lake",)]  # people read on while the jobs wait
    heard.gate.set()
    _hours(night, TAKES // HOUR, 30)
    night.close()
    day = [("lake",), ("refresh", 0, None), ("publish",), ("materialize", 0, 0)]
    next_day = [("lake",), ("refresh", DAY, "history 0"), ("publish",), ("materialize", DAY, DAY)]
    assert heard.calls == [*day, *next_day]


def test_a_play_that_begins_in_the_day_has_no_night_to_wait_for(heard: Heard) -> None:
    _hours(Nights(None, Path(), None, URL), 1, 24)  # type: ignore[arg-type]
    assert heard.calls == []


def test_jobs_that_fail_end_the_play(heard: Heard) -> None:
    heard.gate.set()
    night = Nights(None, Path(), None, URL)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="the disk is away"):
        _hours(night, 9 * 24, 10 * 24)
    assert not [call for call in heard.calls if call[0] == "materialize"]
