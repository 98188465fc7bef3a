"""The same society on the real servers and in one file: everybody's timeline is the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.servers import Servers
from feed_core.settings import Settings
from feed_core.stores import migrate_postgres
from pipelines.lake import read_events
from pipelines.loop import fill_lake, play_society
from pipelines.profile import open_core
from pipelines.society.config import SocietyConfig
from pipelines.stack.layout import Stack
from tests.production_stores import own_places

pytestmark = pytest.mark.slow(60)

CONFIG = SocietyConfig(people=40, days=1, horizon_days=2)


def _timelines(core: FeedCore) -> dict[str, list[tuple[int, int, int]]]:
    pages = {
        user.username: core.timelines.page(user.user_id, limit=100) for user in core.accounts.page(0, 1_000)
    }
    return {
        name: [(entry.delivered_at, entry.post_id, entry.via_id) for entry in page.entries]
        for name, page in pages.items()
    }


@pytest.fixture
def all_shards(stack: Stack, empty_postgres_urls: list[str]) -> Iterator[Servers]:
    """Stores that nobody else writes to, with as many shards as the embedded ids have: both make the same."""
    migrate_postgres(empty_postgres_urls)
    with own_places(stack) as servers:
        yield structs.replace(servers, postgres_urls=" ".join(empty_postgres_urls))


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
