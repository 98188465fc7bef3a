"""A loaded history without impressions goes from files to ranked timelines by the commands alone."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from features.bundle import read_bundle
from features.definitions import DISCOVERY
from feed_core.core import FeedCore
from feed_core.model.clock import DAY
from feed_core.model.ids import time_of
from pipelines import cli, fading
from pipelines.commands.serve import clock_of
from pipelines.discovery.history import read_history
from pipelines.loop import newest_midnight
from pipelines.spark.outputs import as_ofs_of
from ranking_service.for_you import ForYou
from ranking_service.records import Request
from tests.pipelines.commands.conftest import Loupe, failed
from tests.pipelines.discovery.planted import a_year

pytestmark = [
    pytest.mark.slow(90),
    pytest.mark.timeout(1_200),
]  # whichever test comes first pays for the jobs, on a busy machine
JOBS = (
    ("lake",), ("spark", "stats"), ("spark", "cf"), ("spark", "tags"), ("spark", "discovery"),
    ("features", "apply"), ("features", "materialize"),
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``a_year`` in the import format."""
    folder, history = tmp_path_factory.mktemp("files"), a_year()
    born = dict(zip(history.post[::-1].tolist(), history.at[::-1].tolist(), strict=True))
    start = int(history.at[0])
    _write(folder, "users", "user_id,username,created_at", [(u, f"u{u}", start) for u in history.people])
    pairs = zip(history.follower, history.followee, strict=True)
    _write(folder, "follows", "follower,followee,at", [(*pair, start) for pair in pairs])
    authors = history.people[np.arange(len(born)) % len(history.people)]
    posts = [(post, by, at, f"style{post % 7}") for (post, at), by in zip(born.items(), authors, strict=True)]
    _write(folder, "posts", "post_id,author,created_at,hashtags", posts)
    likes = zip(history.user, history.post, history.at, strict=True)
    _write(folder, "engagements", "user,post,action,at", [(u, p, "like", at) for u, p, at in likes])
    return folder


@pytest.fixture(scope="module")
def loaded(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after every job that a training needs."""
    home = tmp_path_factory.mktemp("loaded") / "home"
    for command in (("load", files), *JOBS):
        _ran(*command, "--home", home)
    return home


@pytest.fixture(scope="module")
def training(loaded: Path) -> str:
    """What ``loupe train`` said there; its candidate is promoted."""
    told = _ran("train", "--home", loaded)
    _ran("promote", "--home", loaded)
    return told


@pytest.fixture
def home(loaded: Path, training: str) -> Path:
    """The home after training and promotion."""
    return loaded


@pytest.mark.spark
def test_tastes_of_a_loaded_history_fade_slowly_and_are_of_its_end(loaded: Path) -> None:
    assert fading.fading_of(loaded) == fading.OF_CHOICES
    assert as_ofs_of(loaded, "discovery") == [newest_midnight(loaded)]
    oldest = pq.read_table(max((loaded / "spark" / "cf").glob("as_of=*")) / "candidates.parquet")
    assert min(map(time_of, oldest["post_ids"].combine_chunks().flatten().to_pylist())) < (
        newest_midnight(loaded) - 90 * DAY
    )


@pytest.mark.spark
def test_what_people_chose_is_learned_promoted_and_judged(loupe: Loupe, home: Path, training: str) -> None:
    version = _registered(training)
    assert read_bundle(home / "bundles" / version).feature_names == DISCOVERY.features
    assert (home / "bundles" / "champion").resolve().name == version
    assert training.count("Offline: model") == 2, "the one that stopped at the split, and the candidate"
    judged = loupe("evaluate", "--home", home)
    assert judged.code == 0, judged
    assert judged.says(f"model {version}, 30 days until")
    assert not judged.says("It has learned up to"), "the last window was held out"
    assert _figure(judged.out, "ranked") > _figure(judged.out, "popular 30 days")


@pytest.mark.spark
def test_training_again_makes_the_same_model_out_of_the_factors_that_are_there(
    loupe: Loupe, home: Path
) -> None:
    champion = (home / "bundles" / "champion").resolve().name
    factors = {path: path.stat().st_mtime_ns for path in (home / "spark" / "cf").rglob("*.parquet")}
    ran = loupe("train", "--home", home, "--objective", "choices")
    assert ran.code == 0, ran
    assert _registered(ran.out) == champion
    assert {path: path.stat().st_mtime_ns for path in (home / "spark" / "cf").rglob("*.parquet")} == factors


@pytest.mark.spark
def test_timelines_are_ranked_by_the_model(home: Path) -> None:
    core = FeedCore.open(home, clock=clock_of(home))
    service = ForYou.open(core, home, budget_ms=None, compile_trees="never")
    try:
        for user in read_history(home).people[:3].tolist():
            answer = service.rank(Request(user_id=user, limit=10))
            assert answer.served_by == "full"
            assert len(answer.items) == 10
            assert all(item.why.features for item in answer.items)
    finally:
        service.close()
        core.close()


@pytest.mark.spark
def test_windows_that_a_model_has_learned_from_are_said(loupe: Loupe, home: Path) -> None:
    judged = loupe("evaluate", "--home", home, "--days", 60)
    assert judged.code == 0, judged
    assert judged.says("It has learned up to")


@pytest.mark.spark
def test_a_time_before_the_history_is_refused(loupe: Loupe, home: Path) -> None:
    for command in (("train",), ("evaluate",), ("evaluate", "--days", 3_000)):
        early = () if "--days" in command else ("--as-of", "2001-01-01T00:00:00Z")
        failed(loupe(*command, "--home", home, *early), "not found", "Nobody engaged with anything before")


@pytest.mark.spark
def test_a_history_too_short_for_its_windows_is_refused(loupe: Loupe, home: Path) -> None:
    bundles = sorted((home / "bundles").iterdir())
    ran = loupe("train", "--home", home, "--window-days", 90)
    failed(ran, "invalid", "windows of 90 days before the split", "shorter windows")
    assert sorted((home / "bundles").iterdir()) == bundles


@pytest.mark.spark
def test_impressions_that_are_not_there_are_not_learned_from(loupe: Loupe, home: Path) -> None:
    failed(loupe("train", "--home", home, "--objective", "heads"), "not found", "holds no impression")


def test_a_feed_that_was_shown_is_learned_from_its_impressions(demo_home: Path) -> None:
    assert not fading.holds_choices(demo_home)
    assert fading.fading_of(demo_home) == fading.OF_FEEDS


def _ran(*command: object) -> str:
    """What a command said; it must end well."""
    ran = CliRunner().invoke(cli.app, [str(word) for word in command])
    assert ran.exit_code == 0, (ran.output, ran.exception)
    return ran.output


def _write(folder: Path, name: str, header: str, rows: Sequence[Sequence[object]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def _registered(out: str) -> str:
    found = re.search(r"Registered (\S+) in", out)
    assert found
    return found[1]


def _figure(out: str, name: str) -> float:
    """The first measure of a row of the table."""
    line = next(line for line in out.splitlines() if name in line)
    found = re.search(r"\d\.\d+", line)
    assert found
    return float(found[0])
