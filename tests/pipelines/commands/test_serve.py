"""What a service is made with, and what it stands on is not searched again and again."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from pipelines.commands.serve import keep_what_is_there
from tests.pipelines.commands.conftest import EXIT, Loupe


@pytest.fixture
def thawed() -> Iterator[None]:
    """What a service froze is searched again."""
    yield
    gc.unfreeze()
    structlog.reset_defaults()


@pytest.mark.usefixtures("thawed")
def test_what_is_there_is_taken_out_of_the_search_for_cycles() -> None:
    before = gc.get_freeze_count()
    held = [object() for _ in range(3)]
    keep_what_is_there()
    assert gc.get_freeze_count() > before
    assert len(held) == 3


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each service that was asked for would have been made with; none listens."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr("ranking_service.app.create_app", lambda _home, **wiring: asked.append(wiring))
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: None)
    return asked


@pytest.mark.usefixtures("thawed")
@pytest.mark.parametrize(("variable", "budget"), [("", 300), ("1200", 1_200)])
def test_the_time_of_an_answer_is_said_by_a_variable(
    loupe: Loupe, tmp_path: Path, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch,
    variable: str, budget: int,
) -> None:  # fmt: skip
    if variable:
        monkeypatch.setenv("LOUPE_BUDGET_MS", variable)
    assert loupe("serve", "--home", tmp_path).code == 0
    assert [wiring["budget_ms"] for wiring in made] == [budget]


def test_a_service_that_may_take_no_time_is_not_begun(
    loupe: Loupe, tmp_path: Path, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_BUDGET_MS", "0")
    ran = loupe("serve", "--home", tmp_path)
    assert ran.code == EXIT["invalid"]
    assert ran.says("LOUPE_BUDGET_MS is '0'")
    assert made == []
