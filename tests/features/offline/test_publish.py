"""What the jobs wrote becomes offline rows, whole views at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from features.definitions import VIEW_BY_NAME, VIEWS
from features.offline.places import offline_folder
from features.offline.publish import publish
from features.offline.schema import EVENT_TIMESTAMP, pack, schema_of
from feed_core.model.clock import HOUR
from feed_core.model.errors import Corrupt, InvalidInput
from tests.features.conftest import Society, write_lake_posts

Build = Callable[[Path], Society]


def table(home: Path, name: str):  # type: ignore[no-untyped-def]
    return ds.dataset(offline_folder(home, VIEW_BY_NAME[name]), format="parquet").to_table()


def test_every_view_has_rows_in_its_schema(society: Society) -> None:
    for view in VIEWS:
        rows = table(society.home, view.name)
        assert rows.num_rows > 0
        assert set(rows.column_names) == set(schema_of(view).names)


def test_nothing_there_gives_empty_views(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    assert set(publish(tmp_path, progress=lambda done, of: seen.append((done, of))).values()) == {0}
    assert seen[-1] == (len(VIEWS), len(VIEWS))
    assert all(table(tmp_path, view.name).num_rows == 0 for view in VIEWS)


def test_publishing_again_changes_nothing(tmp_path: Path, build_society: Build) -> None:
    build_society(tmp_path)
    first = publish(tmp_path)
    assert publish(tmp_path) == first
    assert not list((tmp_path / "features/offline").glob(".*"))
    assert table(tmp_path, "user_tags").num_rows == first["user_tags"] == 4


def test_only_what_a_job_wrote_anew_is_written_anew(tmp_path: Path, build_society: Build) -> None:
    society = build_society(tmp_path)
    publish(tmp_path)
    folder = offline_folder(tmp_path, VIEW_BY_NAME["user_tags"])
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}
    first = min((society.home / "spark/tags").iterdir())
    source = first / "user_tags.parquet"
    rows = pq.read_table(source)
    source.unlink()
    pq.write_table(rows.slice(0, 1), source)
    publish(tmp_path)
    after = {path.name: path.stat().st_ino for path in folder.iterdir()}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {f"{first.name[6:]}.parquet"}
    assert pq.read_table(folder / f"{first.name[6:]}.parquet").num_rows == 1


def test_a_file_of_a_run_that_is_gone_goes_and_a_damaged_one_is_made_again(
    tmp_path: Path, build_society: Build
) -> None:
    society = build_society(tmp_path)
    rows = publish(tmp_path)["user_tags"]
    folder = offline_folder(tmp_path, VIEW_BY_NAME["user_tags"])
    damaged = min(folder.iterdir())
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert publish(tmp_path)["user_tags"] == rows
    assert table(tmp_path, "user_tags").num_rows == rows
    shutil.rmtree(min((society.home / "spark/tags").iterdir()))
    publish(tmp_path)
    assert damaged.name not in {path.name for path in folder.iterdir()}


def test_a_run_counts_from_its_own_moment(society: Society) -> None:
    tags = table(society.home, "user_tags").sort_by(EVENT_TIMESTAMP)
    moments = {t.timestamp() for t in tags[EVENT_TIMESTAMP].to_pylist()}
    runs = {int(f.name[6:]) / 1000 for f in (society.home / "spark/tags").iterdir()}
    assert moments == runs


def test_an_edit_counts_from_the_edit_and_the_first_version_from_the_post(tmp_path: Path) -> None:
    from tests.features.conftest import make_posts

    first = make_posts()[1]
    edited = msgspec.structs.replace(first, caption="longer", updated_at=first.created_at + HOUR)
    write_lake_posts(tmp_path, [edited, first])
    publish(tmp_path)
    rows = table(tmp_path, "post_content").sort_by(EVENT_TIMESTAMP)
    assert rows["caption_length"].to_pylist() == [1, 6]
    times = [int(t.timestamp() * 1000) for t in rows[EVENT_TIMESTAMP].to_pylist()]
    assert times == [first.created_at, first.created_at + HOUR]


@pytest.mark.parametrize("path", ["spark/stats/post_stats/part-0.parquet", "lake/posts/day=x/posts.parquet"])
def test_a_truncated_file_is_named_and_the_old_rows_stay(
    tmp_path: Path, build_society: Build, path: str
) -> None:
    build_society(tmp_path)
    before = publish(tmp_path)
    damaged = tmp_path / path
    content = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(content[: len(content) // 2])
    with pytest.raises(Corrupt, match="cannot be read"):
        publish(tmp_path)
    name = "post_stats" if "stats" in path else "post_content"
    assert table(tmp_path, name).num_rows == before[name]


def test_rows_without_a_key_or_a_column_are_refused(society: Society) -> None:
    view = VIEW_BY_NAME["post_content"]
    rows = table(society.home, view.name)
    with pytest.raises(InvalidInput, match="lack: is_video"):
        pack(view, rows.drop_columns(["is_video"]))
    keyless = rows.set_column(
        rows.column_names.index("post_id"), "post_id", [[None, *rows["post_id"].to_pylist()[1:]]]
    )
    with pytest.raises(InvalidInput, match="have no post_id"):
        pack(view, keyless)


def test_a_vector_of_another_size_is_corrupt(tmp_path: Path, build_society: Build) -> None:
    import pyarrow as pa

    society = build_society(tmp_path)
    path = next((society.home / "spark/cf").iterdir()) / "user_factors.parquet"
    short = pa.array([[1.0, 2.0]], pa.list_(pa.float32()))
    pq.write_table(pa.table({"user_id": [11], "factor": short}), path)
    publish(tmp_path)
    with pytest.raises(Corrupt, match="2 values, not 32"):
        pack(VIEW_BY_NAME["user_factors"], table(tmp_path, "user_factors"))
