"""The same society on the real servers and in one file: everybody's timeline is the same, and so is all
that the whole loop makes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.servers import Servers
from feed_core.settings import Settings
from pipelines.demo import Demo
from pipelines.lake import read_events
from pipelines.loop import fill_lake, play_society
from pipelines.profile import open_core
from pipelines.report import Report
from pipelines.society.config import SocietyConfig
from pipelines.stack.layout import Stack
from tests.postgres_shards import databases
from training.registry import MODEL, open_registry

pytestmark = pytest.mark.slow(60)

CONFIG = SocietyConfig(people=40, days=1, horizon_days=2)
WHOLE = SocietyConfig(people=60, days=3, horizon_days=5, tick_minutes=60)


def _timelines(core: FeedCore) -> dict[str, list[tuple[int, int, int]]]:
    pages = {
        user.username: core.timelines.page(user.user_id, limit=100) for user in core.accounts.page(0, 1_000)
    }
    return {
        name: [(entry.delivered_at, entry.post_id, entry.via_id) for entry in page.entries]
        for name, page in pages.items()
    }


@pytest.mark.timeout(900)
def test_timelines_and_events_are_those_of_the_embedded_stores(tmp_path: Path, all_shards: Servers) -> None:
    shown, events = [], []
    for home, there in ((tmp_path / "embedded", None), (tmp_path / "production", all_shards)):
        settings = Settings(home=home, servers=there)
        play_society(home, CONFIG, 7, settings=settings)
        fill_lake(home, settings=settings)
        core = open_core(home, settings, clock=SetClock(CONFIG.start_ms + DAY))
        shown.append(_timelines(core))
        core.close()
        table = read_events(home, columns=["user_id", "post_id", "action", "occurred_at", "value"])
        events.append(sorted(zip(*(column.to_pylist() for column in table.columns), strict=True)))
    assert any(shown[0].values())
    assert [name for name in shown[0] if shown[0][name] != shown[1].get(name)] == []
    assert shown[0].keys() == shown[1].keys()
    assert events[0] == events[1]


@pytest.fixture
def with_registry(all_shards: Servers, postgres_server: Stack) -> Iterator[Servers]:
    """The servers, and an empty database for MLflow."""
    with databases(postgres_server) as (url, _):
        yield structs.replace(all_shards, mlflow_url=url)


def _demo(home: Path, servers: Servers | None) -> Demo:
    settings = Settings(home=home, servers=servers)
    return Demo(home, WHOLE, 7, "local[2]", fresh=False, settings=settings, loop_days=2)


def _measured(report: Report) -> Any:
    """As it is written, without what is of the run itself: when it was, and how long each stage took."""
    return msgspec.json.decode(msgspec.json.encode(structs.replace(report, created_at="", seconds={})))


@pytest.mark.spark
@pytest.mark.timeout(1_800)
def test_the_whole_loop_on_the_servers_reports_what_the_embedded_one_reports(
    tmp_path: Path, with_registry: Servers
) -> None:
    home = tmp_path / "production"
    embedded = _demo(tmp_path / "embedded", None).run()
    production = _demo(home, with_registry).run()
    assert {one.order for one in production.timelines} == {"chronological", "ranked"}
    assert all(one.length > 5 for one in production.timelines)
    assert production.timelines == embedded.timelines
    assert _measured(production) == _measured(embedded)
    assert production.seconds.keys() == embedded.seconds.keys()
    assert production.seconds["play"] > 0
    left = {path.name for path in home.rglob("*.sqlite")} | {path.name for path in home.glob("*.db")}
    assert left.isdisjoint({"feed.sqlite", "ids.sqlite", "online.sqlite", "mlflow.db"})
    champion = (home / "bundles" / "champion").readlink().name
    registry = open_registry(home, with_registry.mlflow_url)
    assert registry.get_model_version_by_alias(MODEL, "champion").tags["bundle"] == champion
    again = _demo(home, with_registry).run()
    assert again == production  # a finished run does nothing again
