"""The reject file says of every row where it stood, why it stays out, and what it held, in bounded space."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.importing.rejects import Reject, rejects_of, write_rejects


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_only_rows_with_a_reason_are_told_where_they_stand() -> None:
    frame = pd.DataFrame(
        {"user": ["a", "b", "c"], "text": ["", "x", ""], "file": "users.csv", "line": [2, 3, 9]}
    )
    reasons = np.array(["", "too late", "unknown"], dtype=object)
    assert rejects_of(frame, reasons) == [
        Reject("users.csv", 3, "too late", "user='b', text='x'"),
        Reject("users.csv", 9, "unknown", "user='c'"),
    ]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.text(st.characters(), max_size=300), min_size=1, max_size=8))
def test_a_row_is_shown_in_at_most_500_characters_that_a_file_can_hold(values: list[str]) -> None:
    frame = pd.DataFrame({f"column{at}": [value] for at, value in enumerate(values)})
    (told,) = rejects_of(frame.assign(file="f", line=1), np.array(["bad"], dtype=object))
    assert len(told.row) <= 500
    told.row.encode()


def test_a_long_value_leaves_room_for_those_after_it() -> None:
    frame = pd.DataFrame({"caption": ["x" * 5_000], "place": ["Oslo"], "file": "f", "line": 1})
    (told,) = rejects_of(frame, np.array(["bad"], dtype=object))
    assert told.row.endswith("place='Oslo'")


def test_the_file_of_the_run_before_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "import" / "books.rejects.jsonl"
    write_rejects(path, [Reject("a.csv", at, "old") for at in range(50)])
    write_rejects(path, [Reject("b.csv", 3, 'a "quoted"\nreason', "ключ")])
    assert _lines(path) == [{"file": "b.csv", "line": 3, "reason": 'a "quoted"\nreason', "row": "ключ"}]
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_without_rejects_the_file_is_there_and_empty(tmp_path: Path) -> None:
    write_rejects(tmp_path / "none.jsonl", [])
    assert (tmp_path / "none.jsonl").read_bytes() == b""


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "books.rejects.jsonl"
    write_rejects(path, [Reject("a.csv", 1, "old")])

    def breaks():  # type: ignore[no-untyped-def]
        yield Reject("b.csv", 1, "new")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_rejects(path, breaks())
    assert [line["reason"] for line in _lines(path)] == ["old"]
