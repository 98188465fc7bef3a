"""The jobs work while a society is played, and write what one reading of everything would have written."""

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from feed_core.model.clock import DAY
from feed_core.settings import Settings
from pipelines.beside import Beside
from pipelines.lake import lake_days, read_events
from pipelines.loop import fill_lake
from pipelines.nightly import NightlyJobs, nightly_jobs, play_nightly
from pipelines.profile import open_core
from pipelines.society.config import SocietyConfig
from pipelines.spark.daily import refresh
from pipelines.spark.outputs import as_ofs_of, dated_folder
from pipelines.spark.session import open_session

CONFIG = SocietyConfig.small(people=40, days=3)
FIRST, LAST = (CONFIG.start_ms + days * DAY for days in (2, 3))


def _profiles(home: Path, as_of: int) -> dict[int, dict[str, float]]:
    table = pq.read_table(dated_folder(home, "tags", as_of) / "user_tags.parquet")
    return {row["user_id"]: dict(zip(row["tags"], row["weights"], strict=True)) for row in table.to_pylist()}


@pytest.mark.spark
def test_each_midnight_brings_a_day_and_writes_what_was_known(tmp_path: Path) -> None:
    home, again, settings = tmp_path / "home", tmp_path / "again", Settings(home=tmp_path / "home")
    with closing(Beside(nightly_jobs, home, settings, "local[2]")) as jobs:
        play_nightly(home, CONFIG, 5, jobs, (FIRST, LAST), settings=settings)
        assert as_ofs_of(home, "tags") == [FIRST]
        assert len(lake_days(home)) >= CONFIG.days - 1  # people sign up on the day before
        played = read_events(home, columns=["arrived_at"])
        assert max(played["arrived_at"].to_pylist()) < FIRST
        rest = fill_lake(home, settings=settings)
        written = dated_folder(home, "tags", FIRST).stat()
        for night in (FIRST, LAST):
            jobs.ask(partial(NightlyJobs.night, as_of=night))
        assert dated_folder(home, "tags", FIRST).stat() == written, "what is there is not written again"
    _holds_the_log(home, settings, rest.duplicates, len(played))
    shutil.copytree(home / "lake", again / "lake")
    spark = open_session(again, master="local[2]")
    for night in (FIRST, LAST):
        refresh(spark, again, as_of=night)
        profiles = _profiles(home, night)
        assert profiles == {
            user: pytest.approx(tags, rel=1e-3) for user, tags in _profiles(again, night).items()
        }
        assert len(profiles) > CONFIG.people / 2


def _holds_the_log(home: Path, settings: Settings, duplicates: int, before: int) -> None:
    with closing(open_core(home, settings)) as core:
        logged = sum(sum(core.stores.events.end(topic)) for topic in ("engagement", "graph"))
    whole = read_events(home, columns=["event_id"])["event_id"].to_pylist()
    assert before < len(whole) == len(set(whole)) == logged
    assert duplicates == 0


def test_a_night_before_the_first_event_writes_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(Beside(nightly_jobs, tmp_path, settings, "local[2]")) as jobs:
        jobs.ask(partial(NightlyJobs.night, as_of=FIRST))
    assert as_ofs_of(tmp_path, "tags") == []
