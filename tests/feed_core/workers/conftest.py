"""Feed cores in a folder of the test, closed at the end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock

NOW = 1_770_000_000_000


@pytest.fixture
def open_core(tmp_path: Path) -> Iterator[Callable[..., FeedCore]]:
    opened: list[FeedCore] = []

    def open_(folder: str = "home", **settings: Any) -> FeedCore:
        opened.append(FeedCore.open(tmp_path / folder, **{"clock": SetClock(NOW)} | settings))
        return opened[-1]

    yield open_
    for core in opened:
        core.close()
