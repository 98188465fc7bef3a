"""What a core does in the background follows the clock that it was given."""

from contextlib import closing
from pathlib import Path

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.workers.dead_letters import DeadLetters

NOW = 1_770_000_000_000


def test_a_record_dies_at_the_time_of_the_cores_clock(tmp_path: Path) -> None:
    with closing(FeedCore.open(tmp_path, clock=SetClock(NOW))) as core:
        core.stores.events.append("posts", [(1, b"\xff")])
        core.drain()
        letters = DeadLetters(core.stores.events, ()).waiting()
    assert {letter.died_at for letter in letters} == {NOW}
