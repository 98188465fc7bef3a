"""An empty MLflow database, made once: creating its tables takes seconds."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from training.registry import open_registry


@pytest.fixture(scope="session")
def with_registry(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Puts an empty registry into a home and returns the home."""
    empty = tmp_path_factory.mktemp("empty")
    open_registry(empty).search_registered_models()

    def put(home: Path) -> Path:
        shutil.copy2(empty / "mlflow.db", home / "mlflow.db")
        return home

    return put


@pytest.fixture
def home(tmp_path: Path, with_registry: Callable[[Path], Path]) -> Path:
    """A home of one test, with an empty registry."""
    return with_registry(tmp_path)
