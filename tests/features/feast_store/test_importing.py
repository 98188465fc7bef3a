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


_COUNT = """
import os
environment = dict(os.environ)
import {module}
from prometheus_client import CollectorRegistry, Counter
for _ in range(2):
    registry = CollectorRegistry()
    Counter("asked", "Questions", registry=registry).inc()
print(registry.get_sample_value("asked_total"), dict(os.environ) == environment)
"""


@pytest.mark.parametrize(
    ("module", "told"), [("features.feast_store", "1.0 True"), ("feast.metrics", "2.0 False")]
)
def test_every_registry_keeps_counters_of_its_own(module: str, told: str) -> None:
    """Feast alone has them kept in files that all share, whichever registry they are of."""
    command = [sys.executable, "-c", _COUNT.format(module=module)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == told
