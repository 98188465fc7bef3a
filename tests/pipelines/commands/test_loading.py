"""``loupe load`` and ``loupe lake`` say what went in, what did not, and where to look."""

import json
from pathlib import Path

import pytest

from pipelines.lake import read_events, read_posts
from tests.pipelines.commands.conftest import Loupe, failed, files


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "users.csv").write_text("user_id,username\n1,ada\n2,ben\n3,\n")
    (folder / "posts.csv").write_text("post_id,author,created_at\np,1,2016-01-01T00:00:00Z\n")
    (folder / "engagements.jsonl").write_text(
        '{"user": "2", "post": "p", "action": "like", "at": "2016-01-02T00:00:00Z"}\n'
        '{"user": "2", "post": "q", "action": "like", "at": "2016-01-02T00:00:00Z"}\nno json\n'
    )
    return folder


def test_a_folder_is_loaded_and_each_bad_row_can_be_found(loupe: Loupe, books: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran = loupe("load", books, "--home", home)
    assert ran.code == 0, ran
    for said in ("users 2 loaded", "follows 0 loaded", "posts 1 loaded", "engagements 1 loaded"):
        assert ran.says(said), ran
    rejects = home / "import" / "books.rejects.jsonl"
    assert ran.says(f"3 rows rejected: see {rejects}")
    told = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert sorted((row["file"], row["line"]) for row in told) == [
        ("engagements.jsonl", 2), ("engagements.jsonl", 3), ("users.csv", 4)
    ]  # fmt: skip


def test_loading_again_loads_what_is_new_alone(loupe: Loupe, books: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    loupe("load", books, "--home", home)
    (books / "users.csv").write_text("user_id,username\n1,ada\n2,ben\n3,cam\n")
    ran = loupe("load", books, "--home", home)
    assert ran.says("users 1 loaded")
    assert ran.says("engagements 0 loaded")
    assert ran.says("2 rows rejected")


def test_what_was_loaded_comes_to_the_lake_once_and_again_from_the_log(
    loupe: Loupe, books: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    loupe("load", books, "--home", home)
    for arguments, rows in ((("lake",), 2), (("lake",), 0), (("lake", "--rebuild"), 2)):
        ran = loupe(*arguments, "--home", home)
        assert ran.says(f"{rows} rows in"), ran
        assert "lost" not in ran.out
    assert (read_events(home)["action"].to_pylist(), read_posts(home).num_rows) == (["like"], 1)


@pytest.mark.parametrize(
    ("name", "text", "kind", "said"),
    [
        ("users.csv", "name\nada\n", "invalid", "has no column user_id, username"),
        ("users.parquet", "PAR1", "corrupt", "cannot be read as Parquet"),
        ("people.csv", "user_id,username\n", "not found", "holds no table of the import format"),
    ],
)
def test_a_folder_that_cannot_be_loaded_is_said_and_nothing_goes_in(
    loupe: Loupe, tmp_path: Path, name: str, text: str, kind: str, said: str
) -> None:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / name).write_text(text)
    failed(loupe("load", tmp_path / "books", "--home", tmp_path / "home"), kind, said)
    assert not [file for file in files(tmp_path / "home") if file.startswith("import")]


@pytest.mark.parametrize("arguments", [("--data", "imdb"), ("--data", "lbsn2vec", "--set", "Oslo")])
def test_a_data_set_or_part_that_is_not_known_is_refused(
    loupe: Loupe, books: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    failed(
        loupe("load", books, *arguments, "--home", tmp_path / "home"), "invalid", arguments[-1], "Use one of"
    )


@pytest.mark.parametrize("arguments", [(), ("--rebuild",)])
def test_a_lake_of_a_home_that_is_not_there_is_not_made(
    loupe: Loupe, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    failed(loupe("lake", *arguments, "--home", tmp_path / "nowhere"), "not found", "There is no home")
    assert not (tmp_path / "nowhere").exists()
