"""The service runs where only the serving packages are installed."""

import subprocess
import sys

_CODE = """
import importlib, pkgutil, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pyspark", "feast", "mlflow", "pandas", "pyarrow", "sklearn", "implicit"}:
            raise ImportError(f"{name} is not there")
sys.meta_path.insert(0, Refuse())
import ranking_service
for module in pkgutil.walk_packages(ranking_service.__path__, "ranking_service."):
    importlib.import_module(module.name)
import lightgbm, lleaves
print("imported")
"""


def test_ranking_imports_without_batch_and_training_packages():
    run = subprocess.run(
        [sys.executable, "-c", _CODE], check=False, capture_output=True, text=True, timeout=120
    )
    assert run.stdout.strip() == "imported", run.stderr
