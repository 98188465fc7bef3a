"""Both engines find planted tastes; candidates keep their promises; a second run replaces the first."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput
from pipelines.spark import cf
from pipelines.spark.cf import CfSettings
from pipelines.spark.factorise import ENGINES, FactorSettings
from tests.pipelines.spark.conftest import START, Rows, event, write_lake

pytestmark = pytest.mark.spark
Row = dict[str, object]
CAMPS, PEOPLE, POSTS = 4, 60, 120
DATES = [START + day * DAY for day in (3, 6)]


def _camp(id_: int) -> int:
    return id_ % CAMPS


def planted(seed: int = 3) -> tuple[list[Row], list[Row]]:
    """People of four camps like posts of their own camp nine times in ten."""
    rng = np.random.default_rng(seed)
    posts: list[Row] = [
        {"post_id": post, "author_id": 500 + _camp(post), "created_at": START + round(post / POSTS * 5 * DAY)}
        for post in range(1, POSTS + 1)
    ]
    events = []
    for user in range(1, PEOPLE + 1):
        for post in rng.permutation(np.arange(1, POSTS + 1))[:70].tolist():
            if rng.random() < (0.75 if _camp(user) == _camp(post) else 0.03):
                events.append(event("like", user, post, post / POSTS * 5 + rng.random() / 2))
    return events, posts


def _table(folder: Path, name: str) -> list[Row]:
    return list(pq.read_table(folder / f"{name}.parquet").to_pylist())


@pytest.fixture(scope="module")
def liked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("cf")
    write_lake(home, *planted())
    return home


@pytest.fixture(scope="module")
def folders(spark: SparkSession, liked: Path) -> list[Path]:
    return cf.run(spark, liked, as_ofs=DATES)


def _own_camp(rows: list[Row], partners: str, top: int) -> float:
    hits = [_camp(p) == _camp(int(str(row["user_id"]))) for row in rows for p in list(row[partners])[:top]]  # type: ignore[call-overload]
    return float(np.mean(hits))


@pytest.mark.parametrize("engine", list(ENGINES))
def test_both_engines_find_the_planted_tastes(spark: SparkSession, liked: Path, engine: str) -> None:
    settings = CfSettings(engine=engine, factors=FactorSettings(iterations=6))  # type: ignore[arg-type]
    (folder,) = cf.run(spark, liked, as_ofs=DATES[1:], settings=settings)
    assert _own_camp(_table(folder, "candidates"), "post_ids", 8) > 0.9
    assert _own_camp(_table(folder, "neighbours"), "neighbour_ids", 8) > 0.9
    for name in ("user_factors", "post_factors"):
        assert {len(row["factor"]) for row in _table(folder, name)} == {32}  # type: ignore[arg-type]


def test_columns_are_as_agreed(folders: list[Path]) -> None:
    def columns(name: str) -> list[str]:
        return [f"{field.name} {field.type}" for field in pq.read_schema(folders[0] / f"{name}.parquet")]

    floats, ids = "list<element: float>", "list<element: int64>"
    assert columns("user_factors") == ["user_id int64", f"factor {floats}"]
    assert columns("post_factors") == ["post_id int64", f"factor {floats}"]
    assert columns("candidates") == ["user_id int64", f"post_ids {ids}", f"scores {floats}"]
    assert columns("neighbours") == ["user_id int64", f"neighbour_ids {ids}", f"scores {floats}"]


def test_only_events_before_the_date_count(folders: list[Path]) -> None:
    early, late = ({row["post_id"] for row in _table(folder, "post_factors")} for folder in folders)
    limit = max(post for post in range(1, POSTS + 1) if START + post / POSTS * 5 * DAY < DATES[0])
    assert early
    assert max(map(int, map(str, early))) <= limit
    assert len(late) > len(early)


def test_candidates_are_new_to_the_person_best_first(folders: list[Path]) -> None:
    known = {(row["user_id"], row["post_id"]) for row in planted()[0]}
    for row in _table(folders[1], "candidates"):
        assert not known & {(row["user_id"], post) for post in row["post_ids"]}  # type: ignore[attr-defined]
        assert row["scores"] == sorted(row["scores"], reverse=True)  # type: ignore[call-overload]


def test_candidate_scores_are_dot_products_of_the_factors(folders: list[Path]) -> None:
    users = {row["user_id"]: np.array(row["factor"]) for row in _table(folders[1], "user_factors")}
    posts = {row["post_id"]: np.array(row["factor"]) for row in _table(folders[1], "post_factors")}
    for row in _table(folders[1], "candidates")[:5]:
        for post, score in zip(row["post_ids"], row["scores"], strict=True):  # type: ignore[call-overload]
            assert users[row["user_id"]] @ posts[post] == pytest.approx(score, abs=1e-4)


def test_old_deleted_and_own_posts_are_no_candidates(
    spark: SparkSession, home: Path, fill: Callable[[Rows, Rows], None]
) -> None:
    events, posts = planted()
    posts[99] = {**posts[99], "deleted": True}
    posts[103] = {**posts[103], "author_id": 8}
    fill(events, posts)
    (folder,) = cf.run(spark, home, as_ofs=DATES[1:], settings=CfSettings(max_age_days=3, candidates=POSTS))
    offered = {row["user_id"]: set(row["post_ids"]) for row in _table(folder, "candidates")}  # type: ignore[call-overload]
    everything = set().union(*offered.values())
    assert 100 not in everything
    assert 104 in everything
    assert 104 not in offered[8]
    assert min(everything) >= POSTS * 3 / 5


def test_posts_that_were_only_seen_can_be_kept_as_candidates(
    spark: SparkSession, home: Path, fill: Callable[[Rows, Rows], None]
) -> None:
    events, posts = planted()
    mine = {row["post_id"] for row in events if row["user_id"] == 4}
    seen = next(post for post in range(100, POSTS) if _camp(post) == _camp(4) and post not in mine)
    fill([*events, event("impression", 4, seen, 5.5)], posts)
    for bar_seen in (True, False):
        (folder,) = cf.run(spark, home, as_ofs=DATES[1:], settings=CfSettings(bar_seen=bar_seen))
        (row,) = [row for row in _table(folder, "candidates") if row["user_id"] == 4]
        assert (seen in row["post_ids"]) is not bar_seen  # type: ignore[operator]


def test_a_second_run_gives_the_same_and_replaces(
    spark: SparkSession, liked: Path, folders: list[Path]
) -> None:
    before = [_table(folder, "candidates") for folder in folders]
    seen: list[tuple[int, int]] = []
    again = cf.run(spark, liked, as_ofs=DATES, progress=lambda done, todo: seen.append((done, todo)))
    assert again == folders
    assert seen == [(1, 2), (2, 2)]
    assert len(before[1]) == len(_table(folders[1], "candidates"))
    assert _table(folders[0], "candidates") == before[0]


def test_dates_are_needed(spark: SparkSession, home: Path) -> None:
    with pytest.raises(InvalidInput, match="No date"):
        cf.run(spark, home, as_ofs=[])
