"""Whoever uses the registry reads no warning about MLflow's own code."""

import subprocess
import sys
from pathlib import Path


def test_a_deprecation_inside_mlflow_is_not_shown(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from training.registry import open_registry; "
        "open_registry(pathlib.Path(sys.argv[1])).get_experiment_by_name('loupe')"
    )
    run = subprocess.run(
        [sys.executable, "-W", "always::DeprecationWarning", "-c", code, str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "noload" not in run.stderr
