"""Which runs and versions become offline rows, and what is left when some cannot."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from features.definitions import VIEW_BY_NAME, VIEWS
from features.definitions.views import POST_CONTENT
from features.offline.places import features_folder, offline_folder
from features.offline.publish import content_table, make_folders, publish
from features.offline.schema import EVENT_TIMESTAMP, schema_of
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Corrupt
from tests.features.conftest import make_posts, write_lake_posts

RUN = 1_780_000_000_000
STATS = "spark/stats/post_stats/part-7.parquet"
DATED = f"spark/tags/as_of={RUN}/user_tags.parquet"
TAGS = pa.schema({"user_id": pa.int64(), "tags": pa.list_(pa.string()), "weights": pa.list_(pa.float32())})


def tags(*users: int) -> Any:
    return pa.table([list(users), [["sea"]] * len(users), [[0.5]] * len(users)], schema=TAGS)


def run_of(home: Path, as_of: int, table: Any, name: str = "user_tags.parquet") -> Path:
    path = home / f"spark/tags/as_of={as_of}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


def published(home: Path, view: str = "user_tags") -> list[tuple[int, int]]:
    """(key, event time in ms) of each offline row."""
    folder = offline_folder(home, VIEW_BY_NAME[view])
    rows = ds.dataset(folder, format="parquet").to_table()
    times = rows[EVENT_TIMESTAMP].cast(pa.int64()).to_pylist()
    return sorted(zip(rows[rows.column_names[0]].to_pylist(), (time // 1000 for time in times), strict=True))


def test_a_table_may_be_one_file_or_a_folder_of_files(tmp_path: Path) -> None:
    run_of(tmp_path, RUN, tags(1))
    run_of(tmp_path, RUN + 1, tags(1, 2), "user_tags/part-0.parquet")
    run_of(tmp_path, RUN + 1, tags(3), "user_tags/part-1.parquet")
    assert publish(tmp_path)["user_tags"] == 4
    assert published(tmp_path) == [(1, RUN), (1, RUN + 1), (2, RUN + 1), (3, RUN + 1)]


@pytest.mark.parametrize("folder", ["as_of=", "as_of=soon", "as_of=12x", "as_of=-5", ".as_of=7", "asof=7"])
def test_what_is_no_run_is_passed_over(tmp_path: Path, folder: str) -> None:
    run_of(tmp_path, RUN, tags(1)).parent.rename(tmp_path / "spark/tags" / folder)
    run_of(tmp_path, RUN + 5, tags(2))
    run_of(tmp_path, RUN + 6, tags(3), "another_table.parquet")
    publish(tmp_path)
    assert published(tmp_path) == [(2, RUN + 5)]


def test_a_run_that_found_nothing_is_no_file_until_it_found_something(tmp_path: Path) -> None:
    run_of(tmp_path, RUN, tags())
    assert publish(tmp_path)["user_tags"] == 0
    assert published(tmp_path) == []
    run_of(tmp_path, RUN, tags(1))
    assert publish(tmp_path)["user_tags"] == 1
    names = [path.name for path in offline_folder(tmp_path, VIEW_BY_NAME["user_tags"]).iterdir()]
    assert names == [f"{RUN}.parquet"], "the empty file is gone"


def test_columns_may_come_in_any_order_and_type_that_can_be_cast_beside_others(tmp_path: Path) -> None:
    table = pa.table(
        {"more": [1], "weights": [[0.5]], "tags": [["sea"]], "user_id": pa.array([1], pa.int32())}
    )
    run_of(tmp_path, RUN, table)
    publish(tmp_path)
    folder = offline_folder(tmp_path, VIEW_BY_NAME["user_tags"])
    assert pq.read_table(folder).schema.equals(schema_of(VIEW_BY_NAME["user_tags"]))


def test_a_draft_of_a_publishing_that_broke_off_is_no_part_of_the_rows(tmp_path: Path) -> None:
    run_of(tmp_path, RUN, tags(1))
    publish(tmp_path)
    path = run_of(tmp_path, RUN + 1, tags(2))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(Corrupt) as refused:
        publish(tmp_path)
    assert str(path) in refused.value.message
    assert published(tmp_path) == [(1, RUN)]
    assert not [path for path in (features_folder(tmp_path) / "offline").iterdir() if path.name[0] == "."]


def test_views_before_and_after_a_damaged_one_keep_to_their_own(tmp_path: Path) -> None:
    write_lake_posts(tmp_path, make_posts())
    damaged = tmp_path / "spark/cf" / f"as_of={RUN}" / "user_factors.parquet"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"PAR1")
    run_of(tmp_path, RUN, tags(1))
    with pytest.raises(Corrupt, match="user_factors"):
        publish(tmp_path)
    damaged.unlink()
    assert publish(tmp_path)["post_content"] == len(make_posts())


def test_folders_are_made_where_they_lack_and_rows_that_are_there_stay(tmp_path: Path) -> None:
    run_of(tmp_path, RUN, tags(1))
    publish(tmp_path)
    for view in VIEWS[::2]:
        if view.name != "user_tags":
            (offline_folder(tmp_path, view) / "empty.parquet").unlink()
    make_folders(tmp_path)
    assert published(tmp_path) == [(1, RUN)]
    for view in VIEWS:
        found = ds.dataset(offline_folder(tmp_path, view), format="parquet").to_table()
        assert found.schema.equals(schema_of(view))


versions = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 5), st.text(max_size=5)),
    unique_by=lambda version: version[:2],
    min_size=1,
    max_size=10,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=versions)
def test_the_first_version_counts_from_the_post_and_each_edit_from_the_edit(
    tmp_path: Path, edits: list[tuple[int, int, str]]
) -> None:
    model = make_posts()[1]
    posts = [
        structs.replace(model, post_id=post, caption=caption, updated_at=model.created_at + hour * HOUR)
        for post, hour, caption in edits
    ]
    write_lake_posts(tmp_path, posts)
    found = content_table(tmp_path)
    assert found.schema.equals(schema_of(POST_CONTENT))
    expected = []
    for post in {post for post, _, _ in edits}:
        own = sorted((hour, caption) for number, hour, caption in edits if number == post)
        moments = [0, *(hour for hour, _ in own[1:])]
        expected += [(post, m, len(caption)) for m, (_, caption) in zip(moments, own, strict=True)]
    times = np.array(found[EVENT_TIMESTAMP].cast(pa.int64()).to_pylist(), np.int64) // 1000
    hours = ((times - model.created_at) // HOUR).tolist()
    rows = zip(found["post_id"].to_pylist(), hours, found["caption_length"].to_pylist(), strict=True)
    assert sorted(rows) == sorted(expected)


BAD_LAKE: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "of another kind": lambda path: path.write_text("post_id,caption"),
    "of other columns": lambda path: pq.write_table(pa.table({"post_id": [1]}), path),
}


@pytest.mark.parametrize("damage", BAD_LAKE.values(), ids=BAD_LAKE)
def test_a_lake_that_cannot_be_read_leaves_the_rows_as_they_are(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    write_lake_posts(tmp_path, make_posts())
    publish(tmp_path)
    before = published(tmp_path, "post_content")
    damage(tmp_path / "lake/posts/day=x/posts.parquet")
    with pytest.raises(Corrupt, match="inputs of post_content cannot be read"):
        publish(tmp_path)
    assert published(tmp_path, "post_content") == before


def test_a_day_and_a_second_are_exact_to_the_last_second_of_a_day(tmp_path: Path) -> None:
    moments = [1, DAY - 1, DAY, 20_000 * DAY + 86_399_999, 80_000 * DAY]
    posts = [
        structs.replace(make_posts()[0], post_id=place + 1, created_at=at, updated_at=at)
        for place, at in enumerate(moments)
    ]
    write_lake_posts(tmp_path, posts)
    found = content_table(tmp_path).sort_by("post_id")
    days, seconds = found["created_day"].to_pylist(), found["created_second"].to_pylist()
    assert [int(day) * 86_400 + int(second) for day, second in zip(days, seconds, strict=True)] == [
        at // 1000 for at in moments
    ]


WRONG: dict[str, tuple[str, Callable[[Path], object]]] = {
    "cut off statistics": (STATS, lambda path: path.write_bytes(b"PAR1 half")),
    "statistics of other columns": (STATS, lambda path: pq.write_table(pa.table({"a": [1]}), path)),
    "a column less": (DATED, lambda path: pq.write_table(tags(1).drop_columns(["weights"]), path)),
    "another type": (DATED, lambda path: pq.write_table(tags(1).set_column(1, "tags", [[1.5]]), path)),
}


@pytest.mark.parametrize(("place", "break_it"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_table_of_its_view_is_named(
    tmp_path: Path, place: str, break_it: Callable[[Path], object]
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    break_it(path)
    with pytest.raises(Corrupt) as refused:
        publish(tmp_path)
    assert str(path) in refused.value.message
