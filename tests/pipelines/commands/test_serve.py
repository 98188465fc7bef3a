"""What a service stands on is not searched again and again."""

import gc

from pipelines.commands.serve import keep_what_is_there


def test_what_is_there_is_taken_out_of_the_search_for_cycles() -> None:
    before = gc.get_freeze_count()
    held = [object() for _ in range(3)]
    keep_what_is_there()
    try:
        assert gc.get_freeze_count() > before
        assert len(held) == 3
    finally:
        gc.unfreeze()
    assert gc.get_freeze_count() == 0
