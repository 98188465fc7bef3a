"""``loupe stack`` refuses what it cannot do before it makes anything, and shows no password."""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.commands.stack import _without_passwords
from pipelines.stack import starting, tables
from pipelines.stack.layout import make_stack
from pipelines.stack.variables import FILE
from tests.pipelines.commands.conftest import Loupe, failed


@pytest.fixture
def home(fresh_postgres_urls: list[str], tmp_path: Path) -> Path:
    """A folder whose settings lead to migrated databases of the test's own."""
    (tmp_path / FILE).write_text(json.dumps({"LOUPE_POSTGRES_URLS": " ".join(fresh_postgres_urls)}))
    return tmp_path


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [("--only", "redis,mongo", "mongo"), ("--nodes", 2, "2"), ("--size", "huge", "huge")],
)
def test_what_is_not_offered_is_refused_and_nothing_is_made(
    loupe: Loupe, tmp_path: Path, option: str, value: object, named: str
) -> None:
    failed(loupe("stack", "up", "--home", tmp_path / "new", option, value), "invalid", named)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("command", ["status", "down", "migrate"])
def test_without_a_stack_the_command_that_makes_one_is_told(
    loupe: Loupe, tmp_path: Path, command: str
) -> None:
    failed(loupe("stack", command, "--home", tmp_path / "none"), "not found", "loupe stack up")
    assert not (tmp_path / "none").exists()


def test_a_stack_that_is_down_is_said_server_by_server(loupe: Loupe, tmp_path: Path) -> None:
    stack = make_stack(tmp_path / "stack", base_port=26_000)
    told = loupe("stack", "status", "--home", stack.home)
    assert told.code == 1
    assert told.out.count("does not run") == len(stack.servers)


def test_data_is_removed_only_when_that_is_confirmed(
    loupe: Loupe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = make_stack(tmp_path / "stack", base_port=26_000)
    (stack.home / "data").write_text("precious")
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert loupe("stack", "wipe", "--home", stack.home).code == 1
    assert (stack.home / "data").read_text() == "precious"
    assert loupe("stack", "wipe", "--home", stack.home, "--yes").code == 0
    assert not stack.home.exists()


@pytest.mark.parametrize(("only", "migrates"), [("", 1), (",", 1), ("redis,postgres", 1), ("redis", 0)])
def test_tables_are_migrated_when_postgres_is_among_what_comes_up(
    loupe: Loupe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: str, migrates: int
) -> None:
    migrated = list[Path]()
    monkeypatch.setattr(starting, "bring_up", lambda *_arguments: None)
    monkeypatch.setattr(tables, "migrate", lambda home: migrated.append(home) or 0)
    up = loupe("stack", "up", "--home", tmp_path, "--only", only)
    assert (up.code, len(migrated)) == (0, migrates)


def test_migrating_again_runs_nothing(loupe: Loupe, home: Path) -> None:
    ran = loupe("stack", "migrate", "--home", home)
    assert (ran.code, ran.says("Every table is at the newest version.")) == (0, True)


def test_a_shard_is_moved_and_one_that_is_not_there_is_refused(loupe: Loupe, home: Path) -> None:
    moved = loupe("stack", "move-shard", 3, "--to", 1, "--home", home)
    assert (moved.code, moved.says("Shard 3 is on cluster 1.")) == (0, True)
    failed(loupe("stack", "move-shard", 99, "--to", 1, "--home", home), "invalid", "99")
    failed(loupe("stack", "move-shard", 3, "--to", 7, "--home", home), "invalid", "7")


secrets = st.text("abcXYZ019-_~", min_size=1, max_size=40)


@given(st.lists(secrets, min_size=1, max_size=3))
def test_no_password_is_shown_wherever_it_stands(passwords: list[str]) -> None:
    urls = " ".join(f"postgresql://loupe:§{password}§@127.0.0.1:21010/loupe" for password in passwords)
    sentinel = f"redis+sentinel://:§{passwords[0]}§@127.0.0.1:21026,127.0.0.1:21027/redis-state"
    for url in (urls, sentinel):
        shown = _without_passwords(url)
        assert "§" not in shown
        assert shown.count("127.0.0.1:210") == url.count("127.0.0.1:210")
