"""The program in this process: what it was told, how it ended, what it said."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from pipelines import cli

EXIT = {"invalid": 2, "unavailable": 3, "not found": 4, "conflict": 5, "corrupt": 7}


class Ran(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def says(self, text: object) -> bool:
        """Whether it said so; where lines were broken does not matter."""
        return squeezed(str(text)) in squeezed(self.out + self.err)


Loupe = Callable[..., Ran]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def loupe(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Loupe]:
    """The program in this process, so that Spark starts once for all tests."""
    for name in [name for name in os.environ if name.startswith("LOUPE_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["loupe", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return Ran(code, *capfd.readouterr())

    yield run
    structlog.reset_defaults()


def failed(ran: Ran, kind: str, *texts: object) -> None:
    """It ended with the code of ``kind``, an error and a fix in words, and no traceback."""
    assert ran.code == EXIT[kind], ran
    assert "Error:" in ran.err
    assert "Fix:" in ran.err
    assert "Traceback" not in ran.out + ran.err
    for text in texts:
        assert ran.says(text), (text, ran)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
