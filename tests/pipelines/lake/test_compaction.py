"""Many small parts become one, and a crash in between loses and doubles nothing."""

from pathlib import Path

import pytest

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from pipelines.lake import lake_offsets, read_events, update_lake
from pipelines.lake.compaction import PARTS_BEFORE_COMPACTION, compact
from pipelines.lake.layout import parts_in
from tests.pipelines.lake.conftest import START, append, event


def _ids(home: Path) -> list[int]:
    return sorted(read_events(home)["event_id"].to_pylist())


def test_a_day_never_holds_many_parts(log: SqliteEventLog, home: Path) -> None:
    updates = 2 * PARTS_BEFORE_COMPACTION + 5
    for at in range(updates):
        append(log, "engagement", [event(at + 1)])
        update_lake(log, home)
    assert len(parts_in(home / "lake")) <= PARTS_BEFORE_COMPACTION
    assert _ids(home) == list(range(1, updates + 1))


def test_parts_left_over_by_a_crash_do_not_count(
    log: SqliteEventLog, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(4):
        append(log, "engagement", [event(at + 1), event(at + 11)])
        update_lake(log, home)

    def crash(self: Path, **_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", crash)
        with pytest.raises(KeyboardInterrupt):
            compact(home / "lake", "events", ["2026-01-01"], lake_offsets(home), 2)
    assert len(parts_in(home / "lake")) == 5
    assert _ids(home) == [1, 2, 3, 4, 11, 12, 13, 14]
    append(log, "engagement", [event(3, START), event(30, START)])
    update_lake(log, home)
    assert len(parts_in(home / "lake")) == 2
    assert _ids(home) == [1, 2, 3, 4, 11, 12, 13, 14, 30]
