"""Columns of Parquet files: which types are taken, and what stands beside a missing value."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from feed_core.model.errors import InvalidInput
from pipelines.importing.reading import read_folder
from tests.pipelines.importing.conftest import small_world


@pytest.mark.parametrize("values", [[["a"]], [{"b": 1}], [b"a"]])
def test_a_parquet_column_of_another_kind_is_refused(tmp_path: Path, values: list[object]) -> None:
    pd.DataFrame({"user_id": values, "username": ["ada"]}).to_parquet(tmp_path / "users.parquet")
    with pytest.raises(InvalidInput, match="user_id"):
        read_folder(tmp_path)


def test_a_parquet_file_may_hold_lists_of_hashtags_and_columns_of_its_own(tmp_path: Path) -> None:
    frame = small_world().posts.assign(hashtags=[["a", "b"], None], other=[{"x": 1}, {"x": 2}])
    frame.to_parquet(tmp_path / "posts.parquet")
    posts = read_folder(tmp_path).tables.normalised().posts
    assert list(posts["hashtags"]) == [("a", "b"), ()]


@pytest.mark.parametrize("values", [[5], [True], [1.5]])
def test_a_parquet_column_of_numbers_for_hashtags_is_refused(tmp_path: Path, values: list[object]) -> None:
    small_world().posts.head(1).assign(hashtags=values).to_parquet(tmp_path / "posts.parquet")
    with pytest.raises(InvalidInput, match="hashtags"):
        read_folder(tmp_path)


@pytest.mark.parametrize("dtype", ["float64", "object", "Int64", "category"])
def test_a_parquet_column_without_any_value_is_read_whatever_its_type(tmp_path: Path, dtype: str) -> None:
    none = pd.Series([None, None], dtype=dtype)
    small_world().posts.assign(hashtags=none, place=none).to_parquet(tmp_path / "posts.parquet")
    posts = read_folder(tmp_path).tables.normalised().posts
    assert list(posts["hashtags"]) == [(), ()]
    assert list(posts["place"]) == ["", ""]


def test_a_parquet_column_of_categories_is_read_as_text(tmp_path: Path) -> None:
    posts = small_world().posts
    posts.assign(hashtags=posts["hashtags"].astype("category")).to_parquet(tmp_path / "posts.parquet")
    assert read_folder(tmp_path).tables.normalised().posts["hashtags"][0] == ("boats", "gulls")


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.timestamp("ms", "UTC")])
def test_times_beside_a_missing_one_are_read(tmp_path: Path, kind: pa.DataType) -> None:
    times = pa.array([1_500_000_000_000, None], kind)
    table = pa.table({"user_id": ["a", "b"], "username": ["ada", "ben"], "created_at": times})
    pq.write_table(table, tmp_path / "users.parquet")
    assert read_folder(tmp_path).tables.normalised().users["created_at"].tolist() == [1_500_000_000_000, 0]


def test_a_large_id_beside_a_missing_one_keeps_all_its_digits(tmp_path: Path) -> None:
    ids = pa.array([2**53 + 1, None, 7], pa.int64())
    pq.write_table(pa.table({"user_id": ids, "username": ["ada", "ben", "cam"]}), tmp_path / "users.parquet")
    users = read_folder(tmp_path).tables.normalised().users
    assert users["user_id"].tolist() == [str(2**53 + 1), "", "7"]
