"""Collections are rare within the block and as before after it, also when the block fails."""

import gc

import pytest

from pipelines.society.collecting import rare_collections


def test_thresholds_come_back_after_the_block() -> None:
    before = gc.get_threshold()
    with rare_collections():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before


def test_thresholds_come_back_when_the_block_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="ends"):
        fail_within()
    assert gc.get_threshold() == before


def fail_within() -> None:
    with rare_collections():
        raise ValueError("the block ends")
