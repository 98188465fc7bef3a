"""Files of the import format: three kinds, bad lines told, broken files refused before any write."""

import json
from pathlib import Path

import pandas as pd
import pytest

from feed_core.model.clock import from_rfc3339
from feed_core.model.errors import Corrupt, InvalidInput, NotFound
from pipelines.importing.checking import check
from pipelines.importing.loading import load_folder
from pipelines.importing.reading import read_folder
from tests.pipelines.importing.conftest import Place, day, small_world


def write_all(folder: Path, suffix: str) -> None:
    """The small world as files of one kind."""
    folder.mkdir(exist_ok=True)
    for name, frame in vars(small_world()).items():
        path = folder / f"{name}{suffix}"
        if suffix == ".csv":
            frame.to_csv(path, index=False)
        elif suffix == ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in frame.to_dict("records")))
        else:
            frame.to_parquet(path)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_each_kind_of_file_loads_the_same(place: Place, tmp_path: Path, suffix: str) -> None:
    write_all(tmp_path / "in", suffix)
    report = load_folder(place.core, tmp_path / "in", clock=place.clock, home=place.home)
    assert report.accepted == {"users": 3, "follows": 2, "posts": 2, "engagements": 4}
    assert report.reject_file.name == "in.rejects.jsonl"
    assert sorted(event.action for event in place.events()) == ["comment", "dwell", "like", "share"]
    oldest = place.core.posts.by_author(place.id_of("ben")).posts[-1]
    assert set(oldest.hashtags) == {"boats", "gulls", "sea", "dawn"}


def test_kinds_may_be_mixed_and_loaded_over_each_other(place: Place, tmp_path: Path) -> None:
    for suffix in (".csv", ".parquet"):
        write_all(tmp_path / "in", suffix)
    report = load_folder(place.core, tmp_path / "in", clock=place.clock, home=place.home)
    assert report.accepted["engagements"] == 4
    assert report.accepted["users"] == 3


def test_several_files_of_a_table_are_read(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("user_id,username\na,ada\n")
    (tmp_path / "users-2.csv").write_text("username,user_id,extra\nben,b,1\n")
    users = read_folder(tmp_path).tables.users
    assert sorted(zip(users["user_id"], users["username"], strict=True)) == [("a", "ada"), ("b", "ben")]


def test_bad_lines_of_a_csv_are_told_with_their_line(tmp_path: Path) -> None:
    text = (
        b"user_id,username,full_name\n"
        b'a,ada,"two\nlines"\n'
        b"b,ben\n"
        b"c,cam,too,many\n"
        b"\n"
        b"d,\xff\xfe,x\n"
        b"e,e\x00e,x\n"
        b"f,fay,fine\n"
    )
    (tmp_path / "users.csv").write_bytes(text)
    tables, rejects = read_folder(tmp_path)
    checked = check(tables.normalised(), {}, {}, 1)
    assert sorted(checked.tables.users["user_id"]) == ["a", "f"]
    assert sorted(checked.tables.users["line"]) == [2, 9]
    told = [(one.file, one.line) for one in rejects + checked.rejects]
    assert told == [("users.csv", line) for line in (4, 5, 7, 8)]


def test_bad_lines_of_json_are_told_with_their_line(tmp_path: Path) -> None:
    lines = [
        b'{"user_id": "a", "username": "ada"}',
        b'{"user_id": "b", ',
        b"[1, 2]",
        b"\xff",
        b'{"user_id": "c", "username": {"first": "c"}}',
        b'{"user_id": "d", "username": "d\\u0000"}',
        b'{"user_id": 5, "username": "eve"}',
        b'{"a":' * 5000,
    ]
    (tmp_path / "users.jsonl").write_bytes(b"\n".join(lines))
    tables, rejects = read_folder(tmp_path)
    checked = check(tables.normalised(), {}, {}, 1)
    assert sorted(checked.tables.users["user_id"]) == ["5", "a"]
    assert [one.line for one in rejects + checked.rejects] == [2, 3, 4, 5, 8, 6]
    assert all(one.reason for one in rejects + checked.rejects)


@pytest.mark.parametrize("tags", [5, True, 1.5, {"a": 1}])
def test_a_hashtag_that_is_no_text_is_told_and_the_rest_goes_in(tmp_path: Path, tags: object) -> None:
    rows = [
        {"post_id": str(at), "author": "a", "created_at": day(1 + at), "hashtags": one}
        for at, one in enumerate([tags, ["sea"], "sea", None])
    ]
    (tmp_path / "posts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    tables, rejects = read_folder(tmp_path)
    assert list(tables.normalised().posts["hashtags"]) == [("sea",), ("sea",), ()]
    assert [(one.line, one.reason) for one in rejects] == [(1, "hashtags is neither a list nor text")]


def test_a_truncated_parquet_file_is_refused_before_anything_is_written(place: Place, tmp_path: Path) -> None:
    write_all(tmp_path / "in", ".parquet")
    whole = (tmp_path / "in" / "engagements.parquet").read_bytes()
    (tmp_path / "in" / "engagements.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Corrupt, match=r"engagements\.parquet"):
        load_folder(place.core, tmp_path / "in", clock=place.clock, home=place.home)
    assert place.core.accounts.page() == []
    assert not (place.home / "import").exists()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_without_a_required_column_is_refused_by_its_name(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"user_id": ["a"], "name": ["ada"]})
    path = tmp_path / f"users{suffix}"
    frame.to_csv(path, index=False) if suffix == ".csv" else frame.to_parquet(path)
    with pytest.raises(InvalidInput, match="username"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    "header", ['"user_id"x,username', f"user_id,username,{'x' * 200_000}", 'user_id,"username']
)
def test_a_header_that_is_no_csv_is_refused_with_the_name_of_its_file(tmp_path: Path, header: str) -> None:
    (tmp_path / "users.csv").write_text(f"{header}\n1,ada\n")
    with pytest.raises(InvalidInput, match=r"users\.csv is no CSV"):
        read_folder(tmp_path)


def test_a_folder_that_is_not_there_or_holds_no_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        read_folder(tmp_path / "nowhere")
    (tmp_path / "people.csv").write_text("user_id,username\n")
    with pytest.raises(NotFound, match="no table"):
        read_folder(tmp_path)


def test_an_empty_csv_has_no_columns_and_a_header_alone_no_rows(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("")
    with pytest.raises(InvalidInput, match="user_id"):
        read_folder(tmp_path)
    (tmp_path / "users.csv").write_text("user_id,username\n")
    assert read_folder(tmp_path).tables.users.empty


def test_times_may_be_text_or_milliseconds(place: Place, tmp_path: Path) -> None:
    write_all(tmp_path / "in", ".csv")
    follows = "follower,followee,at\na,b,1451649600000\nc,a,2016-01-01T13:00:00+01:00\n"
    (tmp_path / "in" / "follows.csv").write_text(follows)
    load_folder(place.core, tmp_path / "in", clock=place.clock, home=place.home)
    assert {event.occurred_at for event in place.events("graph")} == {1451649600000}
    assert day(1) == "2016-01-01T12:00:00Z"


def test_users_alone_without_times_begin_at_present_even_on_a_clock_at_zero(
    place: Place, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("user_id,username\na,ada\n")
    place.clock.set(0)
    report = load_folder(place.core, tmp_path, clock=place.clock, home=place.home, source="people")
    assert report.accepted["users"] == 1
    assert place.core.accounts.require(place.id_of("ada")).created_at > from_rfc3339("2024-01-01T00:00:00Z")
