"""A stack's folder keeps what was chosen and its secrets, and lets one process at a time work on it."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound
from pipelines.stack.environment import environment, write_environment
from pipelines.stack.layout import locked, make_stack, open_stack
from pipelines.stack.variables import read_environment


def test_what_was_chosen_holds_until_it_is_wiped(tmp_path: Path) -> None:
    made = make_stack(tmp_path / "stack", nodes=3, base_port=25_000, size="small")
    assert make_stack(tmp_path / "stack") == made
    assert open_stack(tmp_path / "stack") == made


@pytest.mark.parametrize(("name", "value"), [("nodes", 1), ("base_port", 21_000), ("size", "standard")])
def test_another_choice_for_the_same_data_is_refused(tmp_path: Path, name: str, value: object) -> None:
    make_stack(tmp_path / "stack", nodes=3, base_port=25_000, size="small")
    with pytest.raises(Conflict, match=name.replace("_", "-")):
        make_stack(tmp_path / "stack", **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("port", [-1, 1_023, 65_437, 70_000])
def test_ports_that_there_are_none_of_are_refused_and_nothing_is_made(tmp_path: Path, port: int) -> None:
    with pytest.raises(InvalidInput, match="base-port"):
        make_stack(tmp_path / "stack", base_port=port)
    assert not (tmp_path / "stack").exists()


@pytest.mark.parametrize("port", [1_024, 65_436])
def test_the_first_and_the_last_base_port_give_ports_that_there_are(tmp_path: Path, port: int) -> None:
    servers = make_stack(tmp_path / "stack", nodes=3, base_port=port).servers
    assert all(1_024 <= one <= 65_535 for server in servers for one in server.ports.values())


def test_a_folder_without_a_stack_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="loupe stack up"):
        open_stack(tmp_path)
    with pytest.raises(NotFound, match="loupe stack up"):
        read_environment(tmp_path)


def test_a_spoilt_choice_is_said(tmp_path: Path) -> None:
    make_stack(tmp_path)
    (tmp_path / "stack.json").write_text('{"nodes": "many"}')
    with pytest.raises(Corrupt, match=r"stack\.json"):
        open_stack(tmp_path)


def test_passwords_are_drawn_for_each_stack_and_only_its_owner_reads_them(tmp_path: Path) -> None:
    one, other = make_stack(tmp_path / "one"), make_stack(tmp_path / "other")
    assert len({one.secrets.postgres, one.secrets.redis, other.secrets.postgres, other.secrets.redis}) == 4
    for path in (one.home / "secrets.json", write_environment(one)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    stack = make_stack(tmp_path, nodes=3, base_port=25_000)
    write_environment(stack)
    settings = read_environment(tmp_path)
    assert settings == environment(stack)
    assert len(settings["LOUPE_POSTGRES_URLS"].split()) == 2
    assert settings["LOUPE_CASSANDRA_URL"].endswith("copies=3")
    assert settings["LOUPE_KAFKA_URL"] == "kafka://127.0.0.1:25040,127.0.0.1:25042,127.0.0.1:25044"
    assert all(name.startswith("LOUPE_") for name in settings)


def test_one_process_at_a_time_works_on_a_stack(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_note, args=(tmp_path,))
    with locked(tmp_path):
        other.start()
        other.join(1)
        assert not (tmp_path / "note").exists()
    other.join(60)
    assert (tmp_path / "note").exists()


def _note(home: Path) -> None:
    with locked(home):
        (home / "note").touch()
