"""How Feast is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_LOOK = """
import typeguard
whole = typeguard.typechecked
import {module}
from feast import FeatureView
assert typeguard.typechecked is whole
print("typeguard" in FeatureView.__init__.__code__.co_names)
"""


@pytest.mark.parametrize(("module", "checks"), [("features.historical", "False"), ("feast", "True")])
def test_it_comes_without_type_checks_and_leaves_them_to_others(module: str, checks: str) -> None:
    command = [sys.executable, "-c", _LOOK.format(module=module)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == checks
