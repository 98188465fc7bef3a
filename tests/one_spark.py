"""Whole files go to a worker each; all that need Spark go to the same, so that it starts once and is warm."""

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[1]
SPARK = "spark"


@cache
def place_of(file: str) -> str:
    """What is handed to one worker together with this file of tests."""
    return SPARK if "pytest.mark.spark" in (ROOT / file).read_text() else file


class OneSpark(LoadFileScheduling):
    """Scopes are places."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneSpark:
    return OneSpark(config, log)
