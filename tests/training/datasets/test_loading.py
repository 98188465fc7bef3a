"""Training rows say what was shown, what followed and what was known then, and nothing that came later."""

import numpy as np
import pytest

from features.definitions import FEATURE_NAMES, FEATURES
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Corrupt, InvalidInput, NotFound
from feed_core.model.ids import first_id_at
from tests.training.lake import START, Lake, planted_lake
from training.datasets import DatasetConfig, held_out_span, load_examples, skew, split_by_time

F = len(FEATURES)
POSITION = FEATURE_NAMES.index("position")


class Asked:
    """A backfill that notes what it was asked and answers with post ids."""

    def __init__(self) -> None:
        self.columns = {}

    def __call__(self, home, columns):
        self.columns = {name: values.tolist() for name, values in columns.items()}
        return np.repeat(columns["post_id"][:, None].astype(np.float32), F, axis=1)


def _load(home, **more):
    return load_examples(home, start=START, end=START + 2 * DAY, **{"backfill": Asked(), **more})


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path)


def test_logged_values_are_used_with_the_true_position(lake) -> None:
    features = np.arange(2 * F).reshape(2, F)
    lake.decision(7, 1, [11, 12], HOUR, features=features)
    found = _load(lake.write())
    expected = features.astype(np.float32)
    expected[:, POSITION] = [0, 1]
    np.testing.assert_array_equal(found.features, expected)
    assert found.logged.all()
    assert found.queries.tolist() == [7, 7]


@pytest.mark.parametrize("logged", ["not at all", "under other definitions"])
def test_what_was_not_logged_is_asked_of_the_offline_store_as_of_its_moment(lake, logged: str) -> None:
    features, hash_ = (None, None) if logged == "not at all" else (np.zeros((2, F)), "other")
    lake.decision(7, 1, [11, 12], HOUR, features=features, hash_=hash_, source="trending")
    lake.event("follow", 1, 0, HOUR - 1, author_id=1_011)
    lake.event("follow", 1, 0, HOUR + 1, author_id=1_012)
    asked = Asked()
    found = _load(lake.write(), backfill=asked)
    assert asked.columns == {
        "user_id": [1, 1], "author_id": [1_011, 1_012], "post_id": [11, 12],
        "event_timestamp": [START + HOUR] * 2, "position": [0, 1], "source": [3, 3],
        "in_network": [True, False], "follows": [True, False],
    }  # fmt: skip
    assert not found.logged.any()
    assert found.features[:, -1].tolist() == [11, 12]


def test_logged_and_backfilled_rows_stand_side_by_side(lake) -> None:
    lake.decision(7, 1, [11], HOUR, features=np.full((1, F), 5.0))
    lake.decision(8, 1, [12], 2 * HOUR)
    lake.decision(9, 2, [13], 3 * HOUR, features=np.full((1, F), 6.0))
    found = _load(lake.write())
    assert found.features[:, -1].tolist() == [5, 12, 6]
    assert found.logged.tolist() == [True, False, True]


def test_someone_unfollowed_is_not_followed(lake) -> None:
    for at, action in ((1, "follow"), (2, "unfollow")):
        lake.event(action, 1, 0, at * HOUR, author_id=1_011)
    for at in (1, 2, 3):
        lake.decision(at, 1, [11], at * HOUR - 1, source="trending")
    asked = Asked()
    _load(lake.write(), backfill=asked)
    assert asked.columns["follows"] == [False, True, False]


def test_outcomes_join_within_the_window_and_before_what_is_known(lake) -> None:
    lake.decision(7, 1, [11, 12, 13], HOUR)
    lake.event("like", 1, 11, 2 * HOUR)
    lake.event("share", 1, 12, 4 * HOUR, decision_id=7)
    lake.event("hide", 1, 13, HOUR + DAY)
    home = lake.write()
    assert _load(home).value.tolist() == [1, 6, 0]
    assert _load(home, known_until=START + 3 * HOUR).value.tolist() == [1, 0, 0]
    assert _load(home, known_until=0).value.tolist() == [0, 0, 0]
    assert _load(home, config=DatasetConfig(window_ms=2 * DAY)).value.tolist() == [1, 6, -10]
    assert _load(home).gain.tolist() == [1, 6, 0]


def test_popularity_and_creation_are_what_was_known_before(lake) -> None:
    lake.post(11, HOUR // 2)
    unknown = first_id_at(START + 5)
    lake.decision(7, 1, [11, unknown], 2 * HOUR)
    for at in (HOUR, 2 * HOUR, 3 * HOUR):
        lake.event("like", 2, 11, at)
    found = _load(lake.write())
    assert found.popularity.tolist() == [1, 0]
    assert found.created_at.tolist() == [START + HOUR // 2, START + 5]


def test_impressions_without_a_decision_are_a_persons_day(lake) -> None:
    for user, at in ((1, 1), (1, 2), (2, 1), (1, 25)):
        lake.event("impression", user, 11, at * HOUR, position=-1)
    found = _load(lake.write())
    by_time = dict(
        zip(zip(found.users.tolist(), found.times.tolist(), strict=True), found.queries.tolist(), strict=True)
    )
    assert by_time[1, START + HOUR] == by_time[1, START + 2 * HOUR]
    assert len(set(by_time.values())) == 3
    assert all(query < 0 for query in by_time.values())
    assert (found.features[:, POSITION] == 0).all()


def test_a_sample_is_seeded_and_keeps_lists_whole(tmp_path) -> None:
    home = planted_lake(tmp_path, days=2, decisions=200)
    small = _load(home, config=DatasetConfig(sample=500))
    again = _load(home, config=DatasetConfig(sample=500))
    other = _load(home, config=DatasetConfig(sample=500, seed=1))
    assert 300 < len(small) < 700
    assert set(np.unique(small.queries, return_counts=True)[1]) == {10}
    np.testing.assert_array_equal(small.queries, again.queries)
    assert set(small.queries) != set(other.queries)


def test_a_sample_changes_no_outcome(tmp_path) -> None:
    home = planted_lake(tmp_path, days=2, decisions=200)
    every, some = _load(home), _load(home, config=DatasetConfig(sample=500))
    rows = np.isin(every.queries, some.queries)
    np.testing.assert_array_equal(every.value[rows], some.value)
    np.testing.assert_array_equal(every.features[rows], some.features)


def test_an_event_in_two_files_counts_once(lake) -> None:
    lake.decision(7, 1, [11], HOUR)
    home = lake.write()
    file = next((home / "lake/events").rglob("*.parquet"))
    file.with_name("part-events-0-12.parquet").write_bytes(file.read_bytes())
    assert len(_load(home)) == 1


def test_split_is_by_time_and_refuses_an_empty_part(tmp_path) -> None:
    examples = load_examples(planted_lake(tmp_path), start=START, end=START + 6 * DAY)
    split = split_by_time(examples, valid_from=START + 4 * DAY, test_from=START + 5 * DAY)
    assert split.train.times.max() < split.valid.times.min() < START + 5 * DAY <= split.test.times.min()
    assert sum(map(len, split)) == len(examples)
    with pytest.raises(InvalidInput, match="test period"):
        split_by_time(examples, valid_from=START + 4 * DAY, test_from=START + 9 * DAY)
    assert held_out_span(14) == DAY
    assert held_out_span(2) == round(0.4 * DAY)


def test_skew_names_the_feature_that_differs(lake) -> None:
    lake.decision(7, 1, [11, 12], HOUR, features=np.array([np.full(F, 11.0), np.full(F, 12.0)]))
    wrong = Asked()

    def backfill(home, columns):
        matrix = wrong(home, columns)
        matrix[1, FEATURE_NAMES.index("cf_score")] = 0
        return matrix

    report = skew(lake.write(), start=START, end=START + DAY, backfill=backfill)
    assert report.rows == 2
    assert report.skewed == {"cf_score": 0.5}


def test_missing_empty_and_damaged_lakes_are_named(lake) -> None:
    with pytest.raises(NotFound, match="no event lake"):
        _load(lake.home / "elsewhere")
    lake.event("like", 1, 11, HOUR)
    home = lake.write()
    with pytest.raises(NotFound, match="no impression"):
        _load(home)
    with pytest.raises(NotFound, match="no impression"):
        skew(home, start=START, end=START + DAY)
    file = next((home / "lake/events").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(Corrupt, match=file.name):
        _load(home)


def test_decisions_without_features_have_no_skew(lake) -> None:
    lake.decision(7, 1, [11], HOUR)
    with pytest.raises(NotFound, match="No decision"):
        skew(lake.write(), start=START, end=START + DAY)


def test_features_that_do_not_fit_their_posts_are_corrupt(lake) -> None:
    lake.decision(7, 1, [11, 12], HOUR, features=np.zeros((1, F)))
    with pytest.raises(Corrupt, match="decision 7"):
        _load(lake.write())


@pytest.mark.parametrize("wrong", [{"sample": 0}, {"window_ms": 0}])
def test_settings_out_of_range_are_refused(wrong) -> None:
    with pytest.raises(InvalidInput):
        DatasetConfig(**wrong)
