"""Every subcommand says what it does and what its options are for."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from pipelines import cli
from tests.pipelines.commands.conftest import Loupe

ROOT = Path(__file__).parents[3]


def commands(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that name it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(cli.app)))


def test_every_job_of_the_loop_is_a_command() -> None:
    names = {
        " ".join(path) for path, command in COMMANDS.items() if path and not hasattr(command, "commands")
    }
    assert names >= {
        "demo", "play", "load", "lake", "spark cf", "spark discovery", "spark trends", "spark tags",
        "spark stats",
        "features apply", "features materialize", "train", "evaluate", "promote", "serve",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_explains_the_command(loupe: Loupe, path: tuple[str, ...]) -> None:
    ran = loupe(*path, "--help")
    assert ran.code == 0
    assert ran.says(f"Usage: loupe {' '.join(path)}")
    first = (COMMANDS[path].help or "").split(".")[0]
    assert len(first) > 20
    assert ran.says(first)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_is_for(path: tuple[str, ...]) -> None:
    for parameter in COMMANDS[path].params:
        assert getattr(parameter, "help", None), parameter.name


def test_the_program_starts_as_a_program_and_without_a_command_shows_its_help() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pipelines.cli"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "demo" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
