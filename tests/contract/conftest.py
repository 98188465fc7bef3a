"""What the suites open: a fresh SQLite file, closed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.adapters.sqlite.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "contract.sqlite")
    yield database
    database.close()
