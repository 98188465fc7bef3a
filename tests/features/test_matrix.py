"""One request's rows become one matrix; bad requests are refused."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from features.definitions import FEATURE_NAMES, VIEW_BY_NAME
from features.matrix import Candidates, FeatureReader, RequestContext
from features.online import OnlineRows, PackedRows, open_online
from feed_core.model.clock import HOUR
from feed_core.model.errors import InvalidInput

NOW = 1_780_000_000_000


@pytest.fixture
def online(tmp_path: Path) -> Iterator[OnlineRows]:
    rows = open_online(tmp_path / "online.sqlite")
    yield rows
    rows.close()


def candidates(n: int) -> Candidates:
    ids = np.arange(1, n + 1)
    return Candidates(ids + 100, ids % 3 + 1, np.full(n, NOW - HOUR), np.ones(n, np.int64), np.ones(n, bool))


def request(*follows: int) -> RequestContext:
    return RequestContext(user_id=7, now=NOW, follows=np.array(follows, np.int64))


def column(name: str) -> int:
    return FEATURE_NAMES.index(name)


def test_nothing_stored_gives_priors_and_unknowns(online: OnlineRows) -> None:
    matrix = FeatureReader(online).read(request(2), candidates(4))
    assert matrix.values.shape == (4, len(FEATURE_NAMES))
    assert matrix.values[:, column("author_like_rate")] == pytest.approx(0.08)
    assert matrix.values[:, column("post_like_rate_7d")] == pytest.approx(0.08)
    assert np.isnan(matrix.values[:, column("cf_score")]).all()
    assert not np.isnan(np.delete(matrix.values, column("cf_score"), axis=1)).any()
    assert matrix.values[:, column("follows_author")].tolist() == [1, 0, 0, 1]
    assert matrix.values[:, column("position")].tolist() == [0, 0, 0, 0]
    assert matrix.values[:, column("post_age")] == pytest.approx(np.log1p(1.0))
    assert (matrix.newest, matrix.foreign) == (0, 0)


def test_rows_of_the_pair_are_the_askers_own(online: OnlineRows) -> None:
    view = VIEW_BY_NAME["user_author"]
    seen = view.columns.index("impressions_1d")
    row = np.zeros((2, view.width), np.float32)
    row[:, seen] = [3, 99]
    online.write_many(view, PackedRows(np.array([[7, 2], [8, 2]]), row, np.array([NOW - HOUR, NOW])))
    matrix = FeatureReader(online).read(request(), candidates(3))
    expected = np.log1p([3, 0, 0]).tolist()
    assert matrix.values[:, column("pair_impressions_1d")].tolist() == pytest.approx(expected)
    assert matrix.newest == NOW - HOUR
    assert matrix.event_times["user_author"].tolist() == [NOW - HOUR, 0, 0]


def test_a_post_leans_on_its_author_until_it_is_seen(online: OnlineRows) -> None:
    view = VIEW_BY_NAME["author_stats"]
    row = np.zeros((1, view.width), np.float32)
    row[0, view.columns.index("impressions_7d")] = 900
    row[0, view.columns.index("likes_7d")] = 492
    online.write_many(view, PackedRows(np.array([2]), row, np.array([NOW])))
    matrix = FeatureReader(online).read(request(), candidates(2))
    assert matrix.values[:, column("author_like_rate")] == pytest.approx([0.5, 0.08])
    assert matrix.values[:, column("post_like_rate_7d")] == pytest.approx([0.5, 0.08])


def test_no_candidates_are_a_matrix_without_rows(online: OnlineRows) -> None:
    matrix = FeatureReader(online).read(request(1), candidates(0))
    assert matrix.values.shape == (0, len(FEATURE_NAMES))
    assert matrix.newest == 0


def test_a_post_has_the_same_row_in_any_company(online: OnlineRows) -> None:
    reader = FeatureReader(online)
    many = reader.read(request(2), candidates(5)).values
    np.testing.assert_array_equal(reader.read(request(2), candidates(1)).values, many[:1])


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match="differ in length"):
        Candidates(np.ones(2, int), np.ones(1, int), np.ones(2, int), np.ones(2, int), np.ones(2, bool))


@pytest.mark.parametrize("user", [0, -1])
def test_a_person_who_is_none_is_refused(online: OnlineRows, user: int) -> None:
    with pytest.raises(InvalidInput, match="must be positive"):
        FeatureReader(online).read(RequestContext(user, NOW, np.zeros(0, np.int64)), candidates(1))
