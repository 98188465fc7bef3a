"""A process that is killed while it writes the lake leaves nothing lost and nothing twice."""

import random
from pathlib import Path

import pytest

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from pipelines.lake import read_events, update_lake
from tests.dying import killed_until_done
from tests.pipelines.lake.conftest import append, assert_no_event_twice, events_over

pytestmark = pytest.mark.slow(25)

_CHILD = """
from tests.pipelines.lake.conftest import open_log, update_in_small_steps

home = Path(sys.argv[1])
update_in_small_steps(open_log(home), home)
"""


def test_killed_at_random_steps_the_lake_still_holds_each_event_once(log: SqliteEventLog, home: Path) -> None:
    events = events_over(days=3, per_day=400)
    random.Random(4).shuffle(events)
    append(log, "engagement", [*events, *events[:50]])
    killed_until_done(_CHILD, str(home), steps=(10, 60), check=lambda: assert_no_event_twice(home))
    update_lake(log, home)
    rows = read_events(home)
    assert sorted(rows["event_id"].to_pylist()) == sorted(event.event_id for event in events)
