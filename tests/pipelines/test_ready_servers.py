"""Servers are brought up for a command where no variables name others, and what is missing is said."""

from pathlib import Path

import pytest

from feed_core.model.errors import Unavailable
from pipelines import ready_servers
from pipelines.ready_servers import ready_settings, start
from pipelines.stack import jars
from pipelines.stack.jars import fetched
from pipelines.stack.layout import Stack
from tests.pipelines.named_servers import NAMED


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Asks to start servers are written down instead."""
    asked: list[str] = []
    monkeypatch.setattr(ready_servers, "make_stack", lambda home: home)
    monkeypatch.setattr(ready_servers, "start", lambda _stack, _progress: asked.append("start"))
    monkeypatch.setattr(ready_servers, "fetched", lambda: True)
    for name in NAMED:
        monkeypatch.delenv(name, raising=False)
    return asked


def test_servers_that_variables_name_are_not_started(
    monkeypatch: pytest.MonkeyPatch, nothing_starts: list[str]
) -> None:
    for name, url in NAMED.items():
        monkeypatch.setenv(name, url)
    servers = ready_settings("production").servers
    assert servers is not None
    assert servers.kafka_url == "kafka://127.0.0.1:4"
    assert nothing_starts == []


def test_embedded_starts_nothing(nothing_starts: list[str]) -> None:
    assert ready_settings("embedded").servers is None
    assert nothing_starts == []


@pytest.mark.parametrize("left_out", [[], ["LOUPE_REDIS_URL"], list(NAMED)])
def test_this_machines_servers_are_started_where_any_is_not_named(
    monkeypatch: pytest.MonkeyPatch, nothing_starts: list[str], left_out: list[str]
) -> None:
    for name in NAMED.keys() - set(left_out):
        monkeypatch.setenv(name, NAMED[name])
    monkeypatch.setattr("pipelines.profile._stack", lambda: NAMED)
    assert ready_settings("production").servers is not None
    assert nothing_starts == (["start"] if left_out else [])


def test_what_has_to_be_fetched_first_is_said(
    monkeypatch: pytest.MonkeyPatch, nothing_starts: list[str]
) -> None:
    monkeypatch.setattr(ready_servers, "fetched", lambda: False)
    with pytest.raises(Unavailable) as refused:
        ready_settings("production")
    assert "loupe stack fetch" in refused.value.fix
    assert nothing_starts == []


def test_fetched_is_when_every_folder_is_there(tmp_path: Path) -> None:
    assert not fetched(tmp_path)
    for made, name in enumerate(jars.NAMES, 1):
        jars._folder(name, tmp_path).mkdir()
        assert fetched(tmp_path) is (made == len(jars.NAMES))


def test_a_stack_that_is_up_is_soon_ready(stack: Stack) -> None:
    told: list[tuple[int, int]] = []
    start(stack, lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(6)]
