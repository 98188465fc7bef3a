"""Many small parts of a day become one, as a service that updates every minute would leave hundreds."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from feed_core.ports.event_log import Offsets
from pipelines.lake.days import read_part, write_part
from pipelines.lake.layout import live_parts, part_path, parts_in

PARTS_BEFORE_COMPACTION = 16


def compact(lake: Path, table: str, days: Sequence[str], offsets: Mapping[str, Offsets], parts: int) -> int:
    """Join the parts of each topic and day that has more than ``parts``; returns how many went away.

    The joined part covers the places of those it replaces, so that after a crash between writing
    it and deleting them no reader counts them (``layout.live_parts``).
    """
    gone = 0
    for day in days:
        live = live_parts(parts_in(lake / table / f"day={day}"), offsets)
        for topic, group in groupby(live, attrgetter("topic")):
            small = list(group)
            if len(small) <= parts:
                continue
            joined = part_path(lake, table, day, topic, (small[0].first, small[-1].last))
            write_part(pa.concat_tables(read_part(part) for part in small), joined)
            for part in small:
                part.path.unlink()
            gone += len(small)
    return gone
