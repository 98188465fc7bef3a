"""Whatever text a file holds comes back as it stood, and whatever is no row is told by its line."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.core import FeedCore
from feed_core.model.errors import NotFound
from pipelines.importing import load_folder
from pipelines.importing.reading import Folder, read_folder
from pipelines.importing.tables import COLUMNS
from tests.pipelines.importing.conftest import Place, day

# What csv.writer can write and a line-based reader of JSON can hold.
_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
_rows = st.lists(st.tuples(*[_text] * 5), max_size=12)
_good = st.fixed_dictionaries({"user_id": _text, "username": st.one_of(_text, st.integers(), st.booleans())})
_nested = st.sampled_from([{"user_id": {"a": 1}, "username": "x"}, {"user_id": "a", "username": ["x"]}])
_broken = st.sampled_from(['{"user_id": ', "[1, 2]", "7", '"text"', "{]", "nul", '{"a": 1} {"b": 2}', "\xff"])
_json_lines = st.lists(
    st.one_of(
        st.tuples(st.just("good"), _good.map(json.dumps)),
        st.tuples(st.just("bad"), st.one_of(_nested.map(json.dumps), _broken)),
        st.tuples(st.just("none"), st.sampled_from(["", " ", "\t"])),
    ),
    max_size=12,
)


def written(folder: Path, name: str, content: str | bytes) -> Folder:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_folder(folder)
    (folder / name).unlink()
    return found


def cells(found: Folder) -> list[tuple[Any, ...]]:
    return list(found.tables.users[list(COLUMNS["users"])].itertuples(index=False, name=None))


def _csv(rows: list[tuple[str, ...]], end: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS["users"])
    writer.writerows(rows)
    return out.getvalue()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_rows, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_text_of_a_csv_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], end: str, marked: bool
) -> None:
    content = ("\ufeff" if marked else "") + _csv(rows, end)
    found = written(tmp_path_factory.getbasetemp(), "users.csv", content)
    assert cells(found) == rows
    assert found.rejects == []


def test_rows_of_a_csv_are_told_by_the_line_on_which_they_begin(tmp_path: Path) -> None:
    content = 'user_id,username\n1,"two\nlines"\n2\n\n3,ok\n"4",fine,much\n5,last'
    found = written(tmp_path, "users.csv", content)
    assert found.tables.users["line"].tolist() == [2, 6, 8]
    assert [(one.line, one.reason) for one in found.rejects] == [
        (4, "has 1 values where the header has 2"),
        (7, "has 3 values where the header has 2"),
    ]


def test_a_quote_that_never_ends_is_told_once_and_what_came_before_is_kept(tmp_path: Path) -> None:
    found = written(tmp_path, "users.csv", 'user_id,username\n1,ada\n2,"ben\n3,cam\n4,dan\n')
    assert found.tables.users["user_id"].tolist() == ["1"]
    assert [(one.line, one.reason) for one in found.rejects] == [(3, "is no CSV: unexpected end of data")]


def test_a_value_too_long_for_a_csv_is_told_and_the_next_row_is_read(tmp_path: Path) -> None:
    content = f"user_id,username\n1,{'x' * 200_000}\n2,ben\n"
    found = written(tmp_path, "users.csv", content)
    assert found.tables.users["user_id"].tolist() == ["2"]
    assert [one.line for one in found.rejects] == [2]
    assert len(found.rejects[0].row) <= 500


def test_columns_may_stand_in_any_order_and_others_are_left_out(tmp_path: Path) -> None:
    found = written(tmp_path, "users.csv", "shoe,username,user_id\n44,ada,1\n")
    assert cells(found) == [("1", "ada", None, None, None)]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_json_lines, st.booleans())
def test_each_line_of_json_is_a_row_or_told_or_empty(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], ends: bool
) -> None:
    content = "\n".join(text for _, text in lines).encode("latin-1", "backslashreplace")
    found = written(tmp_path_factory.getbasetemp(), "users.jsonl", content + b"\n" * ends)
    numbered = list(enumerate(lines, 1))
    assert found.tables.users["line"].tolist() == [at for at, (kind, _) in numbered if kind == "good"]
    assert [one.line for one in found.rejects] == [at for at, (kind, _) in numbered if kind == "bad"]
    expected = [json.loads(text) for kind, text in lines if kind == "good"]
    assert found.tables.users["username"].tolist() == [row["username"] for row in expected]


def test_json_nested_too_deep_is_told_and_the_next_line_is_read(tmp_path: Path) -> None:
    deep = '{"user_id": ' + "[" * 100_000 + "]" * 100_000 + ', "username": "x"}'
    found = written(tmp_path, "users.jsonl", f'{deep}\n{{"user_id": "1", "username": "ada"}}\n')
    assert found.tables.users["line"].tolist() == [2]
    assert [one.line for one in found.rejects] == [1]


def test_files_of_a_table_are_read_in_order_of_name_and_others_are_left_alone(tmp_path: Path) -> None:
    for number, name in enumerate(["users-b.csv", "users.jsonl", "users-a.jsonl"]):
        text = f"user_id,username\n{number},x\n" if name.endswith("csv") else f'{{"user_id":"{number}"}}'
        (tmp_path / name).write_text(text)
    for name in ("usersx.csv", "users.txt", "superusers.csv", "users-c.csv.gz", "USERS.csv"):
        (tmp_path / name).write_text("neither a table nor of ours")
    assert read_folder(tmp_path).tables.users["user_id"].tolist() == ["2", "0", "1"]


def test_a_folder_of_other_files_alone_holds_no_table(tmp_path: Path) -> None:
    (tmp_path / "usersx.csv").write_text("user_id,username\n1,ada\n")
    with pytest.raises(NotFound, match="holds no table"):
        read_folder(tmp_path)


def test_bytes_that_are_no_utf_8_keep_their_row_out_and_the_rest_goes_in(
    place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "users.csv").write_bytes(b"user_id,username\n1,ad\xe4\n2,ben\n\xff,cam\n")
    report = load_folder(place.core, folder, clock=place.clock, home=place.home)
    told = [json.loads(line) for line in report.reject_file.read_text().splitlines()]
    assert [(one["line"], one["reason"]) for one in told] == [
        (2, "is not UTF-8 text, or contains the NUL character"),
        (4, "is not UTF-8 text, or contains the NUL character"),
    ]
    assert [user.username for user in place.core.accounts.page(0, 10)] == ["ben"]


def test_a_folder_whose_name_is_no_plain_one_gives_a_plain_source(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "my books (2024)!"
    folder.mkdir()
    (folder / "users.csv").write_text("user_id,username\n1,ada\n")
    report = load_folder(place.core, folder, clock=place.clock, home=place.home)
    assert report.reject_file == place.home / "import" / "my-books-2024-.rejects.jsonl"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_in_whatever_parts_and_order_people_are_loaded_each_is_there_once(
    place: Place, tmp_path: Path, order: tuple[int, ...]
) -> None:
    parts = [range(6), range(3, 9), range(8, 12)]
    for number in order:
        folder = tmp_path / str(number) / "books"
        folder.mkdir(parents=True)
        rows = "".join(f"{one},reader{one},{day(1 + one)}\n" for one in parts[number])
        (folder / "users.csv").write_text("user_id,username,created_at\n" + rows)
        load_folder(place.core, folder, clock=place.clock, home=place.home)
    assert _names(place.core) == [f"reader{one}" for one in range(12)]


def _names(core: FeedCore) -> list[str]:
    return sorted((user.username for user in core.accounts.page(0, 100)), key=lambda name: int(name[6:]))
