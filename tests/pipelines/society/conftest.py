"""A small society that has been played once, for tests that only look."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.config import SocietyConfig
from pipelines.society.play import PlayReport, play, start
from pipelines.society.society import Society


class Played(NamedTuple):
    home: Path
    core: FeedCore
    society: Society
    report: PlayReport
    shown: list[tuple[Sessions, Outcome]]


def play_small(home: Path, seed: int = 7, config: SocietyConfig | None = None) -> Played:
    society = Society(config or SocietyConfig.small(), seed)
    clock = SetClock(society.config.start_ms)
    core = FeedCore.open(home, clock=clock)
    shown: list[tuple[Sessions, Outcome]] = []
    start(core, clock, society)
    report = play(
        core, clock, society, watch=lambda sessions, outcome, now: shown.append((sessions, outcome))
    )
    return Played(home, core, society, report, shown)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    played = play_small(tmp_path_factory.mktemp("society"))
    yield played
    played.core.close()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)
