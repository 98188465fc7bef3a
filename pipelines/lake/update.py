"""Brings the lake up to the end of the event log, each record exactly once in effect.

A batch becomes one file per day, named by its place in the log, then ``offsets.json`` commits it. A process
killed in between leaves files past the committed offset; they are removed by the next run before it
writes the batch again, and no reader counts them. A record that a client delivered twice has the same
id both times: the first stays, found by comparing with the ids that the day already holds.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import gt
from pathlib import Path
from typing import NamedTuple

from feed_core.model.errors import Conflict
from feed_core.model.events import Topic
from feed_core.ports.event_log import NOWHERE, EventLog, LogRecord, Offsets, after, between
from pipelines.lake.compaction import PARTS_BEFORE_COMPACTION, compact
from pipelines.lake.days import days_of, new_rows, write_part
from pipelines.lake.layout import lake_folder, live_parts, part_path, parts_in, read_offsets, write_offsets
from pipelines.lake.tables import TABLES, Table
from pipelines.lake.unreadable import read_rows, write_rejected

Progress = Callable[[int, int], None]


class LakeReport(NamedTuple):
    """What one run added. ``offset`` is the sum of the topics' offsets, all records ever taken.

    ``days`` are the days written to; ``duplicates`` came a second time; ``rejected`` could not be read
    and lie, with the reason, in ``lake/rejected``; ``lost`` had left the log before the lake took them.
    """

    rows: int
    days: tuple[str, ...]
    offset: int
    duplicates: int = 0
    rejected: int = 0
    lost: int = 0


Ends = Mapping[Topic, Offsets]


def update_lake(
    events: EventLog, home: Path, *, ends: Ends | None = None, progress: Progress | None = None
) -> LakeReport:
    """Take what the log holds beyond the lake's offsets. Run it again after whatever happened.

    ``ends`` is up to where, from ``ends_of`` at an earlier moment. ``progress`` gets (records done, records
    to do). Raises ``Conflict`` when another process writes this lake or it is of another log, ``Corrupt``
    when a file of a day that is written to cannot be read.
    """
    lake = lake_folder(home)
    with _only_writer(lake):
        return _update(events, lake, ends, progress)


def ends_of(events: EventLog) -> Ends:
    """Where the topics of the lake end now: the posts' end is taken last, so that an event's post is in the
    lake with it."""
    return {table.topic: events.end(table.topic) for table in reversed(TABLES)}


def rebuild(events: EventLog, home: Path, *, progress: Progress | None = None) -> LakeReport:
    """Write the whole lake again out of the log, then put it in the place of the old one.

    The old lake stays until the new one is complete. Raises as ``update_lake``, and ``Conflict`` when the log
    does not reach back to its first record any more: the new lake would lack what the old one has.
    """
    lake = lake_folder(home)
    _check_whole(events)
    fresh = lake / ".rebuilt"
    with _only_writer(lake):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        report = _update(events, fresh, None, progress)
        _swap(fresh, lake)
    return report


def _check_whole(events: EventLog) -> None:
    for topic, begin in events.begins({table.topic for table in TABLES}).items():
        if any(begin):
            raise Conflict(
                f"The event log has let go of {sum(begin):,} records of {topic}: a new lake would lack them.",
                fix="Put back what is damaged from a copy; or move the lake away and run `loupe lake`, which "
                "begins with what the log still has.",
            )


def _swap(fresh: Path, lake: Path) -> None:
    # The offsets go first and come last: a crash in between leaves a lake that starts again at 0.
    (lake / "offsets.json").unlink(missing_ok=True)
    for old in [path for path in lake.iterdir() if path.is_dir() and path != fresh]:
        shutil.rmtree(old)
    for new in sorted(fresh.iterdir(), key=lambda path: path.is_file()):
        new.rename(lake / new.name)
    fresh.rmdir()


@contextmanager
def _only_writer(lake: Path) -> Iterator[None]:
    lake.mkdir(parents=True, exist_ok=True)
    with (lake / ".writer").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                f"Another process writes the lake at {lake}.", fix="Wait until it is done."
            ) from error
        yield


def _update(events: EventLog, lake: Path, ends: Ends | None, progress: Progress | None) -> LakeReport:
    offsets, now = read_offsets(lake), ends_of(events)
    _drop_uncommitted(lake, offsets)
    taken = {topic: offsets.get(topic, (0,) * len(end)) for topic, end in now.items()}
    _check_same_log(lake, taken, now)
    # Another run may have gone beyond ends of an earlier moment: there is nothing to do then.
    ends = {
        topic: tuple(map(max, zip(taken[topic], end, strict=True))) for topic, end in (ends or now).items()
    }
    begins = events.begins(ends)
    starts = {topic: tuple(map(max, taken[topic], begins[topic])) for topic in ends}
    todo = sum(between(starts[topic], ends[topic]) for topic in ends)
    lost = sum(between(taken[topic], starts[topic]) for topic in ends)
    report, done = LakeReport(0, (), 0, lost=lost), 0
    for table in TABLES:
        for records, before, behind in _batches(events, table, starts[table.topic], ends[table.topic]):
            span = (sum(before), sum(behind) - 1)
            report = _joined(report, _write_batch(lake, table, records, span))
            offsets[table.topic] = behind
            write_offsets(lake, offsets)
            done += len(records)
            if progress:
                progress(done, todo)
    for name in {table.name for table in TABLES}:
        compact(lake, name, report.days, offsets, PARTS_BEFORE_COMPACTION)
    return report._replace(offset=sum(map(sum, offsets.values())))


def _check_same_log(lake: Path, starts: Ends, ends: Ends) -> None:
    for topic, end in ends.items():
        if len(starts[topic]) != len(end) or any(map(gt, starts[topic], end)):
            raise Conflict(
                f"The lake at {lake} is ahead of the event log.", fix="Rebuild it: `loupe lake --rebuild`."
            )


def _batches(
    events: EventLog, table: Table, offsets: Offsets, end: Offsets
) -> Iterator[tuple[list[LogRecord], Offsets, Offsets]]:
    """Batches up to ``end``, each with the place before and the place behind it."""
    while waiting := between(offsets, end):
        # What has reached its end is asked for nothing more, however fast the log grows.
        aim = tuple(here if here < there else NOWHERE for here, there in zip(offsets, end, strict=True))
        records = _up_to(end, events.read(table.topic, aim, min(table.batch, waiting)))
        if not records:
            return
        behind = after(offsets, records)
        yield records, offsets, behind
        offsets = behind


def _up_to(end: Offsets, records: Sequence[LogRecord]) -> list[LogRecord]:
    return [record for record in records if record.offset < end[record.partition]]


def _joined(one: LakeReport, two: LakeReport) -> LakeReport:
    days = tuple(sorted({*one.days, *two.days}))
    duplicates, rejected = one.duplicates + two.duplicates, one.rejected + two.rejected
    return LakeReport(one.rows + two.rows, days, two.offset, duplicates, rejected, one.lost + two.lost)


def _write_batch(lake: Path, table: Table, records: Sequence[LogRecord], span: tuple[int, int]) -> LakeReport:
    rows, rejected = read_rows(table, records)
    written, days = 0, []
    for day, part in days_of(rows, table):
        kept = new_rows(lake, table, day, part)
        if kept.num_rows:
            write_part(kept, part_path(lake, table.name, day, table.topic, span))
            days.append(day)
            written += kept.num_rows
    if rejected:
        write_rejected(lake / "rejected" / f"{table.topic}-{span[0]:012d}-{span[1]:012d}.jsonl", rejected)
    return LakeReport(written, tuple(days), span[1] + 1, rows.num_rows - written, len(rejected))


def _drop_uncommitted(lake: Path, offsets: Mapping[str, Offsets]) -> None:
    parts = parts_in(lake)
    live = {part.path for part in live_parts(parts, offsets)}
    for part in parts:
        if part.path not in live:
            part.path.unlink()
