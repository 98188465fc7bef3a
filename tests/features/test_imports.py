"""What the ranking service reads features through needs no Feast, pandas or Arrow."""

import subprocess
import sys

import pytest

LIGHT = [
    "features.definitions",
    "features.online",
    "features.matrix",
    "features.stream",
    "features.bundle",
    "features.content",
]
HEAVY = ["feast", "pandas", "pyarrow", "pyspark", "mlflow", "dask"]


@pytest.mark.parametrize("module", LIGHT)
def test_a_light_module_brings_nothing_heavy_in(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
