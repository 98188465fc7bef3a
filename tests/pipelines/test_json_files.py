"""A file of ours that holds something else is named, whatever its bytes, and a whole one is read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt
from pipelines.journal import Journal
from pipelines.json_files import read_json
from pipelines.lake.layout import read_offsets
from pipelines.report import read_report
from pipelines.stack.layout import make_stack, open_stack
from pipelines.stack.processes import running
from pipelines.stack.variables import read_environment


def _open_journal(home: Path) -> object:
    return Journal(home, "a", frozenset())


def _running(home: Path) -> object:
    return running(home / "one.json")


READERS: dict[str, Callable[[Path], object]] = {
    "journal.json": _open_journal,
    "report.json": read_report,
    "offsets.json": read_offsets,
    "stack.json": open_stack,
    "secrets.json": open_stack,
    "environment.json": read_environment,
    "one.json": _running,
}


NO_TEXT = {
    "journal.json": b'{"key": "\xff"}',
    "report.json": b'{"title": "\xff"}',
    "offsets.json": b'{"\xff": 1}',
    "stack.json": b'{"size": "\xff"}',
    "secrets.json": b'{"postgres": "\xff"}',
    "environment.json": b'{"a": "\xff"}',
    "one.json": b'{"\xff": 1}',
}


@pytest.mark.parametrize(
    ("name", "text"),
    [*NO_TEXT.items(), *((name, text) for name in READERS for text in (b"", b'{"pid": ', b"[" * 100_000))],
)
def test_a_file_of_other_bytes_is_named_with_what_to_do(tmp_path: Path, name: str, text: bytes) -> None:
    make_stack(tmp_path)
    (tmp_path / name).write_bytes(text)
    with pytest.raises(Corrupt, match=name) as told:
        READERS[name](tmp_path)
    assert told.value.fix


def test_a_whole_file_is_read_as_its_kind(tmp_path: Path) -> None:
    (tmp_path / "numbers.json").write_text('{"one": 1}')
    assert read_json(tmp_path / "numbers.json", dict[str, int], fix="none") == {"one": 1}
