"""The run can fail: each fault that is planted into the product by hand is reported, and none without one."""

import re
from pathlib import Path

import pytest

from tests.faults.plants import PLANTS, served
from tests.faults.scenario import Outcome, Plan, run

pytestmark = pytest.mark.slow(40)


def played(home: Path, *names: str) -> Outcome:
    """A short story without a kill, on the embedded product with these faults."""
    with served(home, [PLANTS[name] for name in names]) as (base, stores):
        return run([base], 1, [], lambda: stores.events, Plan(kills=0, seconds=1.0, patience=1.5, acts=200))


def test_without_a_fault_nothing_is_reported_although_answers_are_lost(tmp_path: Path) -> None:
    outcome = played(tmp_path)
    assert outcome.wrong == ()
    assert outcome.acts > 50
    assert outcome.repeated > 5
    assert outcome.looks > 20


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_reported(name: str, tmp_path: Path) -> None:
    found = played(tmp_path, name).wrong
    assert any(re.search(PLANTS[name].told, one) for one in found), found
