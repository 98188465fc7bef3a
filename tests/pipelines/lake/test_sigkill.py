"""A process that is killed while it writes the lake leaves nothing lost and nothing twice."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from pipelines.lake import read_events, update_lake
from tests.pipelines.lake.conftest import append, events_over

# Dies by SIGKILL at the n-th system step of the lake: a rename, a sync or a delete.
_CHILD = """
import os, signal, sys
from pathlib import Path
from pipelines.lake import tables, update
from tests.pipelines.lake.conftest import open_log

home, steps = Path(sys.argv[1]), int(sys.argv[2])

def dying(step):
    def act(*args, **kwargs):
        global steps
        steps -= 1
        if steps <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    return act

os.fsync, Path.replace, Path.unlink = dying(os.fsync), dying(Path.replace), dying(Path.unlink)
update.TABLES = tuple(table._replace(batch=150) for table in tables.TABLES)
update.PARTS_BEFORE_COMPACTION = 2
update.update_lake(open_log(home), home)
"""
_ROOT = Path(__file__).parents[3]


def _run_until_killed(home: Path, steps: int) -> int:
    command = [sys.executable, "-c", _CHILD, str(home), str(steps)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode


def test_killed_at_random_steps_the_lake_still_holds_each_event_once(log: SqliteEventLog, home: Path) -> None:
    events = events_over(days=3, per_day=400)
    random.Random(4).shuffle(events)
    append(log, "engagement", [*events, *events[:50]])
    kills, chance = 0, random.Random(12)
    while (status := _run_until_killed(home, chance.randint(10, 60))) != 0:
        assert status == -signal.SIGKILL
        ids = read_events(home)["event_id"].to_pylist()
        assert len(ids) == len(set(ids))
        kills += 1
        assert kills < 40
    assert kills >= 2
    update_lake(log, home)
    rows = read_events(home)
    assert sorted(rows["event_id"].to_pylist()) == sorted(event.event_id for event in events)
