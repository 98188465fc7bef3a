"""One small society, played once per session for the tests that only look; a fresh one for the others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import HOUR, SetClock
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.config import SocietyConfig
from pipelines.society.play import PlayReport, play, start
from pipelines.society.publishing import publish
from pipelines.society.serving import Seen
from pipelines.society.society import Society

SEED = 7


@dataclass(repr=False)
class World:
    """A society whose people have signed up, and the core that they live in."""

    home: Path
    core: FeedCore
    clock: SetClock
    society: Society
    seen: Seen


@dataclass(repr=False)
class Played(World):
    """A world that was played: what was reported, and each tick's sessions, outcome and time."""

    report: PlayReport
    watched: list[tuple[Sessions, Outcome, int]]

    @property
    def shown(self) -> list[tuple[Sessions, Outcome]]:
        return [(sessions, outcome) for sessions, outcome, _ in self.watched]


def move_in(home: Path, seed: int = SEED, config: SocietyConfig | None = None) -> World:
    """A world before its first day."""
    society = Society(config or SocietyConfig.small(), seed)
    clock = SetClock(society.config.start_ms)
    core = FeedCore.open(home, clock=clock)
    start(core, clock, society)
    return World(home, core, clock, society, Seen())


def play_small(home: Path, seed: int = SEED, config: SocietyConfig | None = None) -> Played:
    """A world played to its last day."""
    world, watched = move_in(home, seed, config), list[tuple[Sessions, Outcome, int]]()
    report = play(
        world.core, world.clock, world.society, seen=world.seen, watch=lambda *tick: watched.append(tick)
    )
    return Played(**vars(world), report=report, watched=watched)


def post_for(world: World, hours: int) -> World:
    """The world after the posts of its first hours, delivered."""
    for hour in range(hours):
        world.clock.set(world.society.config.start_ms + hour * HOUR)
        publish(world.core, world.society, world.clock.now(), hour)
    world.core.drain()
    return world


@pytest.fixture(scope="session")
def config() -> SocietyConfig:
    return SocietyConfig.small()


@pytest.fixture(scope="session")
def society(config: SocietyConfig) -> Society:
    """A society before anyone has signed up; not to be changed."""
    return Society(config, SEED)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The small society, played; not to be changed."""
    world = play_small(tmp_path_factory.mktemp("society"))
    yield world
    world.core.close()


@pytest.fixture
def moved_in(tmp_path: Path) -> Iterator[World]:
    """The small society before its first day, for a test to do with as it likes."""
    world = move_in(tmp_path)
    yield world
    world.core.close()


@pytest.fixture(scope="session")
def replay() -> Callable[[Path, int, SocietyConfig], Played]:
    """Plays a society from nothing."""
    return play_small
