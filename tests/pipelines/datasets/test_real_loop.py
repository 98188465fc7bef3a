"""The whole loop on a folder in Last.fm's format whose taste lies in circles of friends, down to the feed."""

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from features.bundle import read_bundle
from features.definitions import source_code
from features.feast_store.repository import materialize
from feed_core.core import FeedCore
from feed_core.model.clock import DAY, SetClock
from feed_core.model.errors import InvalidInput, Unavailable
from pipelines.datasets.cuts import cuts_of
from pipelines.datasets.examples import choices_at, stored_features
from pipelines.discovery.history import read_history
from pipelines.discovery.scores import scorer_at
from pipelines.loop import newest_midnight
from pipelines.real_demo import RealDemo
from pipelines.report import Report, read_report
from ranking_service.for_you import ForYou
from ranking_service.records import Request
from tests.pipelines.datasets.raw_folders import write_lastfm
from tests.pipelines.discovery.planted import a_year
from training import promote
from training.rankers.fitted import ranker_of

pytestmark = [
    pytest.mark.slow(110),
    pytest.mark.timeout(1_200),
]  # whichever test comes first pays for the loop, on a busy machine
STAGES = ["load", "lake", "jobs", "features", "learn", "trends"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after its demo."""
    folder = _written(tmp_path_factory.mktemp("raw"))
    made = tmp_path_factory.mktemp("real") / "home"
    _demo(made, folder).run()
    return made


@pytest.mark.spark
def test_the_loop_runs_from_raw_files_to_a_table(home: Path) -> None:
    report = read_report(home)
    assert list(report.seconds) == STAGES
    assert report.counts["people"] > 0
    measures = {metric.name: {row.name for row in metric.rows} for metric in report.tables[0].metrics}
    assert measures.keys() == {"NDCG@20", "recall@20", "hit rate@20"}
    assert "collaborative_filtering" in measures["NDCG@20"]
    versions = [path.name for path in (home / "bundles").iterdir() if not path.is_symlink()]
    assert len(versions) == 2
    assert (home / "bundles" / "champion").resolve().name == max(versions), "what learned most serves"
    assert (home / "bundles" / max(versions) / "importance.png").is_file()


@pytest.mark.spark
def test_a_finished_run_only_reads_its_report(home: Path, tmp_path: Path) -> None:
    before: Report = read_report(home)
    assert _demo(home, tmp_path / "gone").run() == before


@pytest.mark.spark
def test_todays_feed_is_ranked_by_the_model_and_says_why(home: Path) -> None:
    with _serving(home, newest_midnight(home)) as service:
        user = int(read_history(home).people[0])
        answer = service.rank(Request(user_id=user, limit=10))
        assert answer.served_by == "full"
        assert len(answer.items) == 10
        assert source_code("discovery") in service.gather(Request(user_id=user)).sources
        for item in answer.items:
            assert item.why.actions == ()
            loudness = [abs(part.contribution) for part in item.why.features]
            assert loudness == sorted(loudness, reverse=True)
            assert loudness[0] > 0
            assert item.why.value is not None
            assert item.why.value > 0


@pytest.mark.spark
def test_what_is_served_at_the_split_is_what_was_judged(home: Path, tmp_path: Path) -> None:
    history = read_history(home)
    split = cuts_of(history).split
    version = min(path.name for path in (home / "bundles").iterdir() if not path.is_symlink())
    then = tmp_path / "home"
    shutil.copytree(home, then, symlinks=True)
    for file in (then / "features").glob("online.sqlite*"):
        file.unlink()
    materialize(then, until=split)
    promote(then, version, force=True)
    choices = choices_at(scorer_at(home, history, split), history, 30 * DAY)
    judged = ranker_of(read_bundle(home / "bundles" / version)).value(stored_features(home, choices, split))
    with _serving(then, split) as service:
        for place in np.unique(choices.queries)[:5]:
            mine = np.flatnonzero(choices.queries == place)
            user, posts = int(choices.people[place]), choices.posts[mine].tolist()
            scores = service.score_candidates(user, posts, now=split)
            assert scores.served_by == "full"
            served = {item.post_id: item.score for item in scores.items}
            assert served == pytest.approx(dict(zip(posts, judged[mine].tolist(), strict=True)), rel=1e-9)
            assert all(math.isfinite(score) for score in served.values() if score is not None)


def test_a_missing_folder_leaves_no_home(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no folder"):
        _demo(tmp_path / "home", tmp_path / "nowhere").run()
    assert not (tmp_path / "home" / "core.sqlite").exists()


def test_a_history_of_a_few_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="before the split"):
        _demo(tmp_path / "home", write_lastfm(tmp_path / "raw")).run()


def _demo(home: Path, folder: Path) -> RealDemo:
    return RealDemo(home, "lastfm", folder, "", 0, "local[2]", fresh=False)


@contextmanager
def _serving(home: Path, now: int) -> Iterator[ForYou]:
    core = FeedCore.open(home, clock=SetClock(now))
    service = ForYou.open(core, home, budget_ms=None, compile_trees="never")
    try:
        yield service
    finally:
        service.close()
        core.close()


def _written(folder: Path) -> Path:
    """``a_year`` as a folder of Last.fm; friendships between neighbours of the files' own people."""
    history = a_year()
    days = history.at.astype("datetime64[ms]").astype("datetime64[D]")
    parts = [str(day).split("-") for day in days]
    rows = [
        (int(user), int(post), 13, int(day), int(month), int(year))
        for user, post, (year, month, day) in zip(history.user, history.post, parts, strict=True)
    ]
    write_lastfm(folder, rows)
    pairs = np.stack([history.follower, history.followee], axis=1)
    lines = ["userID\tfriendID", *(f"{a}\t{b}" for a, b in pairs.tolist())]
    (folder / "user_friends.dat").write_text("\n".join(lines) + "\n")
    return folder
