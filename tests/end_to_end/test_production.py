"""The same society on the real servers and in one file: everybody's timeline is the same, and so is all
that the whole loop makes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from feed_core.model.clock import DAY, SetClock
from feed_core.model.servers import Servers
from feed_core.settings import Settings
from pipelines import loop
from pipelines.demo import Demo
from pipelines.lake import read_events
from pipelines.profile import open_core
from pipelines.report import Report
from pipelines.society.config import SocietyConfig
from pipelines.stack.layout import Stack
from tests.postgres_shards import databases
from training.registry import MODEL, open_registry

pytestmark = pytest.mark.slow(180)

CONFIG = SocietyConfig(people=60, days=3, horizon_days=5, tick_minutes=60)
LOOP_DAYS = 1


@pytest.fixture
def with_registry(all_shards: Servers, postgres_server: Stack) -> Iterator[Servers]:
    """The servers, and an empty database for MLflow."""
    with databases(postgres_server) as (url, _):
        yield structs.replace(all_shards, mlflow_url=url)


def _demo(home: Path, servers: Servers | None) -> Demo:
    settings = Settings(home=home, servers=servers)
    return Demo(home, CONFIG, 7, "local[2]", fresh=False, settings=settings, loop_days=LOOP_DAYS)


def _measured(report: Report) -> Any:
    """As it is written, without what is of the run itself: when it was, and how long each stage took."""
    return msgspec.json.decode(msgspec.json.encode(structs.replace(report, created_at="", seconds={})))


def _timelines(home: Path, servers: Servers | None) -> dict[str, list[tuple[int, int, int]]]:
    """Everybody's, by name, after the last day."""
    clock = SetClock(CONFIG.start_ms + (CONFIG.days + LOOP_DAYS) * DAY)
    core = open_core(home, Settings(home=home, servers=servers), clock=clock)
    people = {user.username: user.user_id for user in core.accounts.page(0, 1_000)}
    pages = {name: core.timelines.page(user_id, limit=100) for name, user_id in people.items()}
    core.close()
    return {
        name: [(entry.delivered_at, entry.post_id, entry.via_id) for entry in page.entries]
        for name, page in pages.items()
    }


def _events(home: Path) -> list[tuple[Any, ...]]:
    """What the lake holds, but for the ids of the events."""
    table = read_events(home, columns=["user_id", "post_id", "action", "occurred_at", "value"])
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.mark.spark
@pytest.mark.timeout(1_800)
def test_the_whole_loop_on_the_servers_equals_the_embedded_one(
    tmp_path: Path, with_registry: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, alone = tmp_path / "production", tmp_path / "embedded"
    embedded = _demo(alone, None).run()
    monkeypatch.setattr(loop, "WORTH_A_PROCESS", CONFIG.people)  # as in a run of many people
    production = _demo(home, with_registry).run()
    assert {one.order for one in production.timelines} == {"chronological", "ranked"}
    assert all(one.length > 5 for one in production.timelines)
    assert production.timelines == embedded.timelines
    assert _measured(production) == _measured(embedded)
    assert production.seconds.keys() == embedded.seconds.keys()
    assert production.seconds["play"] > 0
    shown = _timelines(alone, None)
    assert sum(map(bool, shown.values())) > CONFIG.people / 2
    assert _timelines(home, with_registry) == shown
    assert _events(home) == _events(alone) != []
    left = {path.name for path in home.rglob("*.sqlite")} | {path.name for path in home.glob("*.db")}
    assert left.isdisjoint({"feed.sqlite", "ids.sqlite", "online.sqlite", "mlflow.db"})
    champion = (home / "bundles" / "champion").readlink().name
    registry = open_registry(home, with_registry.mlflow_url)
    assert registry.get_model_version_by_alias(MODEL, "champion").tags["bundle"] == champion
    again = _demo(home, with_registry).run()
    assert again == production  # a finished run does nothing again
