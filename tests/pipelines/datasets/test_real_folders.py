"""The real folders, where they are there: the counts that their publishers state, and the measured bounds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from feed_core.model.clock import DAY, day_of, from_rfc3339
from pipelines.datasets import read_dataset
from pipelines.datasets.judging import friends_recall
from pipelines.datasets.real_loop import bring_in
from pipelines.discovery.history import History, read_history
from pipelines.discovery.past import past_of
from pipelines.importing import ImportTables
from pipelines.loop import fill_lake
from tests.pipelines.datasets.raw_folders import real_folder, write_lastfm
from tests.pipelines.discovery.planted import make


def test_lastfm_has_the_counts_that_its_readme_states() -> None:
    tables = read_dataset("lastfm", real_folder("hetrec-lastfm-2k"))
    assert len(tables.users) == 1_892
    assert len(tables.follows) == 25_434
    assert len(tables.engagements) == 186_479
    assert len(tables.posts) == 12_523 - _only_tagged_on_wrong_dates(tables.engagements)
    assert (tables.engagements["at"] < from_rfc3339("2005-01-01T00:00:00Z")).sum() == 5


def test_lastfm_friends_reach_about_a_quarter_of_the_targets() -> None:
    tables = read_dataset("lastfm", real_folder("hetrec-lastfm-2k"))
    history = _history_of(tables)
    split = history.split()
    assert day_of(split) == "2010-06-02"
    future = (history.at >= split) & (history.at < split + 30 * DAY)
    assert len(np.unique(history.user[future])) == 268
    by_person, overall = friends_recall(history, split, 30 * DAY)
    assert by_person == pytest.approx(0.237, abs=0.002)
    assert overall == pytest.approx(0.219, abs=0.002)


def test_new_york_has_its_check_ins_in_order() -> None:
    tables = read_dataset("lbsn2vec", real_folder("lbsn2vec"), "NYC")
    assert len(tables.engagements) == 105_961
    assert len(tables.posts) == 3_628
    steps = np.diff(tables.engagements["at"].to_numpy())
    assert (steps >= 0).mean() > 0.999
    assert 82 <= (tables.engagements["at"].max() - tables.users["created_at"].min()) / DAY / 7 <= 85


def test_movielens_keeps_its_likes() -> None:
    tables = read_dataset("ml-100k", real_folder("ml-100k"))
    assert len(tables.users) == 943 + 1
    assert len(tables.posts) == 1_682
    assert len(tables.engagements) == 55_375


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Last.fm, loaded through the feed core and in the lake."""
    folder = tmp_path_factory.mktemp("raw")
    made = tmp_path_factory.mktemp("home")
    bring_in(made, "lastfm", write_lastfm(folder))
    fill_lake(made)
    return made


def test_the_lake_tells_the_first_engagements_in_order_of_time(home: Path) -> None:
    history = read_history(home)
    assert len(history.at) == 4
    assert (np.diff(history.at) >= 0).all()
    assert day_of(int(history.at[0])) == "2009-03-01"
    assert len(history.people) == 3
    assert history.follows.all()
    assert len(history.follower) == 4


def test_a_tag_is_known_from_the_day_it_was_given(home: Path) -> None:
    history = read_history(home)
    days = {(tag, day_of(int(at))) for tag, at in zip(history.tag, history.tag_at, strict=True)}
    assert {("alt_metal", "2009-03-01"), ("1", "2009-04-01"), ("tropicália", "2010-06-05")} <= days
    before = past_of(history, from_rfc3339("2009-03-15T00:00:00Z"))
    assert before.tagged.shape == (1, 1)


def test_loading_twice_changes_nothing(home: Path, tmp_path: Path) -> None:
    before = read_history(home)
    report = bring_in(home, "lastfm", write_lastfm(tmp_path))
    fill_lake(home)
    assert sum(report.accepted.values()) == 0
    assert np.array_equal(read_history(home).at, before.at)


def _only_tagged_on_wrong_dates(engagements: pd.DataFrame) -> int:
    dated = engagements[engagements["at"] >= 0]
    return int(engagements["post"].nunique() - dated["post"].nunique())


def _history_of(tables: ImportTables) -> History:
    """The history that the lake would tell, without loading: first taggings and friendships."""
    shares = tables.engagements[tables.engagements["at"] > 0]
    first = shares.groupby(["user", "post"], as_index=False)["at"].min().sort_values("at", kind="stable")
    base = make({(0, 0): 0})
    follows = tables.follows
    return History(
        people=np.sort(tables.users["user_id"].to_numpy()),
        user=first["user"].to_numpy(),
        post=first["post"].to_numpy(),
        at=first["at"].to_numpy(),
        follower=follows["follower"].to_numpy(),
        followee=follows["followee"].to_numpy(),
        follow_at=follows["at"].to_numpy(),
        follows=np.ones(len(follows), dtype=bool),
        tag_post=base.tag_post,
        tag_at=base.tag_at,
        tag=base.tag,
    )
