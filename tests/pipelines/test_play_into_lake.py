"""The lake is filled while a society is played, and lacks no more than the last day at its end."""

from pathlib import Path

from feed_core.model.clock import DAY
from feed_core.settings import Settings
from pipelines.lake import lake_days, read_events
from pipelines.loop import fill_lake, play_into_lake
from pipelines.profile import open_core
from pipelines.society.config import SocietyConfig

CONFIG = SocietyConfig.small(people=40, days=3)


def test_each_midnight_brings_a_day_and_the_rest_follows(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    play_into_lake(tmp_path, CONFIG, 5, settings=settings)
    played = read_events(tmp_path, columns=["arrived_at"])
    last = CONFIG.start_ms + (CONFIG.days - 1) * DAY
    assert len(lake_days(tmp_path)) >= CONFIG.days - 1
    assert max(played["arrived_at"].to_pylist()) < last
    rest = fill_lake(tmp_path, settings=settings)
    core = open_core(tmp_path, settings)
    logged = sum(sum(core.stores.events.end(topic)) for topic in ("engagement", "graph"))
    core.close()
    whole = read_events(tmp_path, columns=["event_id"])["event_id"].to_pylist()
    assert len(played) < len(whole) == len(set(whole)) == logged
    assert rest.duplicates == 0
