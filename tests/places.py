"""Whole files go to a worker each; those that share what is slow to start go to the same."""

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).parents[1]
SPARK, MORTAL = "spark", "mortal"
_SIGNS = {"pytest.mark.spark": SPARK, "mortal: Stack": MORTAL}
"""What a file of tests holds that needs it."""


@cache
def place_of(file: str) -> str:
    """What is handed to one worker together with this file of tests."""
    text = (ROOT / file).read_text()
    return next((place for sign, place in _SIGNS.items() if sign in text), file)


class Places(LoadFileScheduling):
    """Scopes are places."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Places:
    return Places(config, log)
