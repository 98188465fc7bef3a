"""A file or a folder appears whole or not at all, and what was there before stays until then."""

from pathlib import Path

import pytest

from pipelines.lake.atomic import replace_folder, write_atomically, write_bytes_atomically


class PowerCutError(Exception):
    """The process ends here."""


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _half(path: Path) -> None:
    path.write_text("hal")
    raise PowerCutError


def test_a_file_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    write_bytes_atomically(tmp_path / "a" / "b" / "file", b"whole")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"whole"
    assert _names(tmp_path / "a" / "b") == {"file"}


def test_a_write_that_is_cut_short_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_bytes_atomically(path, b"before")
    with pytest.raises(PowerCutError):
        write_atomically(path, _half)
    assert path.read_bytes() == b"before"
    write_bytes_atomically(path, b"after")
    assert path.read_bytes() == b"after"
    assert _names(tmp_path) == {"file"}


def test_a_first_write_that_is_cut_short_leaves_no_file_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(PowerCutError):
        write_atomically(tmp_path / "file", _half)
    assert not (tmp_path / "file").exists()


def test_the_old_file_can_be_read_while_the_new_one_is_written(tmp_path: Path) -> None:
    path, seen = tmp_path / "file", list[bytes]()
    write_bytes_atomically(path, b"before")

    def write(draft: Path) -> None:
        draft.write_bytes(b"after")
        seen.append(path.read_bytes())

    write_atomically(path, write)
    assert (seen, path.read_bytes()) == ([b"before"], b"after")


def _folder(path: Path, name: str) -> Path:
    path.mkdir(parents=True)
    (path / name).write_text(name)
    return path


def test_a_folder_takes_the_place_of_another_with_nothing_of_it_left(tmp_path: Path) -> None:
    target = _folder(tmp_path / "out" / "target", "old")
    replace_folder(_folder(tmp_path / "draft", "new"), target)
    assert _names(target) == {"new"}
    assert _names(tmp_path / "out") == {"target"}
    assert not (tmp_path / "draft").exists()


def test_a_folder_may_be_the_first_of_its_name(tmp_path: Path) -> None:
    replace_folder(_folder(tmp_path / "draft", "new"), tmp_path / "deep" / "target")
    assert _names(tmp_path / "deep" / "target") == {"new"}


def test_what_an_earlier_replacing_left_behind_is_cleared_away(tmp_path: Path) -> None:
    _folder(tmp_path / ".target.replaced", "older")
    target = _folder(tmp_path / "target", "old")
    replace_folder(_folder(tmp_path / "draft", "new"), target)
    assert _names(tmp_path) == {"target"}
    assert _names(target) == {"new"}


def test_a_replacing_that_was_cut_short_between_its_renames_is_completed_by_the_next(tmp_path: Path) -> None:
    target = _folder(tmp_path / "target", "old")
    target.rename(tmp_path / ".target.replaced")
    replace_folder(_folder(tmp_path / "draft", "new"), target)
    assert _names(tmp_path) == {"target"}
    assert _names(target) == {"new"}
