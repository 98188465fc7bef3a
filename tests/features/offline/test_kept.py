"""A file is kept exactly when what it was made of, and the shape that it has to have, are the same."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.definitions import VIEW_BY_NAME
from features.offline.kept import keep, link, mark_of, marked
from features.offline.schema import schema_of

SCHEMA = schema_of(VIEW_BY_NAME["post_standing"])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "part-0.parquet").write_bytes(b"0")
    (folder / "part-1.parquet").write_bytes(b"1")
    return folder


@pytest.fixture
def old(tmp_path: Path, source: Path) -> Path:
    """A file of two rows that was made of ``source``."""
    table = pa.table([pa.nulls(2, type_) for type_ in SCHEMA.types], schema=SCHEMA)
    pq.write_table(marked(table, mark_of(source)), tmp_path / "old.parquet")
    return tmp_path / "old.parquet"


def rewritten(path: Path, content: bytes) -> None:
    """Written anew, with a time of its own."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def test_a_file_of_the_same_source_is_kept_as_the_same_file(tmp_path: Path, old: Path, source: Path) -> None:
    new = tmp_path / "new.parquet"
    assert keep(old, new, SCHEMA, mark_of(source)) == 2
    assert new.samefile(old)
    assert pq.read_table(new).schema.equals(SCHEMA)


@pytest.mark.parametrize("change", ["same size", "longer", "one more", "one less", "renamed", "another file"])
def test_a_source_that_changed_in_any_way_has_another_mark(source: Path, change: str) -> None:
    before, part = mark_of(source), source / "part-0.parquet"
    if change == "same size":
        rewritten(part, b"x")
    elif change == "longer":
        rewritten(part, b"00")
    elif change == "one more":
        (source / "part-2.parquet").write_bytes(b"")
    elif change == "one less":
        part.unlink()
    elif change == "renamed":
        part.rename(source / "part-9.parquet")
    else:
        stat, other = part.stat(), source / "other"
        other.write_bytes(b"0")
        os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        other.replace(part)
    assert mark_of(source) != before


def test_a_source_that_nobody_touched_keeps_its_mark_and_a_single_file_has_one_too(source: Path) -> None:
    assert mark_of(source) == mark_of(source)
    part = source / "part-0.parquet"
    before = mark_of(part)
    rewritten(source / "part-1.parquet", b"other")
    assert mark_of(part) == before
    rewritten(part, b"x")
    assert mark_of(part) != before


@pytest.mark.parametrize("damage", ["missing", "cut off", "empty", "a folder", "no mark"])
def test_what_cannot_be_kept_has_to_be_written(tmp_path: Path, old: Path, source: Path, damage: str) -> None:
    content = old.read_bytes()
    old.unlink()
    if damage == "cut off":
        old.write_bytes(content[:-5])
    elif damage == "empty":
        old.write_bytes(b"")
    elif damage == "a folder":
        old.mkdir()
    elif damage == "no mark":
        pq.write_table(SCHEMA.empty_table(), old)
    assert keep(old, tmp_path / "new.parquet", SCHEMA, mark_of(source)) is None
    assert not (tmp_path / "new.parquet").exists()


def test_a_file_of_another_schema_or_source_has_to_be_written(
    tmp_path: Path, old: Path, source: Path
) -> None:
    other, new = schema_of(VIEW_BY_NAME["user_habits"]), tmp_path / "new.parquet"
    assert keep(old, new, other, mark_of(source)) is None
    assert keep(old, new, SCHEMA, mark_of(source) + b"!") is None
    assert keep(old, new, pa.schema(list(SCHEMA)[::-1]), mark_of(source)) is None
    assert not new.exists()


def test_where_there_are_no_hard_links_a_file_is_copied(
    tmp_path: Path, old: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    new = tmp_path / "new.parquet"
    assert keep(old, new, SCHEMA, mark_of(source)) == 2
    assert not new.samefile(old)
    assert new.read_bytes() == old.read_bytes()


def test_a_link_outlives_the_first_name(tmp_path: Path, old: Path) -> None:
    content, new = old.read_bytes(), tmp_path / "new.parquet"
    link(old, new)
    old.unlink()
    assert new.read_bytes() == content
