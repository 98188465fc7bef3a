"""Strict types hold in every package: a test of its own, so that it runs beside the others."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow(60), pytest.mark.timeout(900)]


def test_mypy_finds_nothing() -> None:
    command = [sys.executable, "-m", "mypy"]
    ran = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "no issues found" in ran.stdout
