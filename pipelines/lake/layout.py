"""Where the lake's parts lie and what their names say.

``lake/<table>/day=YYYY-MM-DD/part-<topic>-<first>-<last>.parquet`` holds the records of one day out of
one batch of one topic. ``first`` and ``last`` (inclusive) count the topic's records in the order in which
the lake took them: the sum of the offsets over the partitions, the offset itself where there is one.
``lake/offsets.json`` says up to where each partition of each topic is in.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from feed_core.ports.event_log import Offsets
from pipelines.json_files import read_json
from pipelines.lake.atomic import write_bytes_atomically

_NAME = re.compile(r"part-([a-z]+)-(\d+)-(\d+)\.parquet")


class Part(NamedTuple):
    """One Parquet file of one day; ``first`` and ``last`` are places in the topic, both inclusive."""

    path: Path
    topic: str
    first: int
    last: int


def lake_folder(home: Path) -> Path:
    """The folder of the lake of the run at ``home``."""
    return home / "lake"


def part_path(lake: Path, table: str, day: str, topic: str, span: tuple[int, int]) -> Path:
    """The file for the rows of ``day`` out of the places ``span`` (both inclusive); sorts by place."""
    first, last = span
    return lake / table / f"day={day}" / f"part-{topic}-{first:012d}-{last:012d}.parquet"


def parts_in(folder: Path) -> list[Part]:
    """Every part below ``folder`` (a day or a table), by path; other files are not the lake's."""
    found = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.rglob("part-*.parquet")))
    return [Part(path, name[1], int(name[2]), int(name[3])) for path, name in found if name]


def live_parts(parts: Iterable[Part], offsets: Mapping[str, Offsets]) -> list[Part]:
    """The parts that count: committed, and not inside a larger part of their day.

    A part past the committed place is a batch in flight. A part inside another one was compacted
    into it and waits to be deleted.
    """
    live: list[Part] = []
    order = sorted(parts, key=lambda part: (part.path.parent, part.topic, part.first, -part.last))
    for part in order:
        if part.last >= sum(offsets.get(part.topic, ())):
            continue
        held = live[-1] if live else None
        if (
            held
            and held.path.parent == part.path.parent
            and held.topic == part.topic
            and part.last <= held.last
        ):
            continue
        live.append(part)
    return live


def read_offsets(lake: Path) -> dict[str, Offsets]:
    """Topic → where the lake goes on; empty for a new lake."""
    path = lake / "offsets.json"
    if not path.exists():
        return {}
    read = read_json(path, dict[str, int | Offsets], fix="Run `loupe lake --rebuild`.")
    # A lake from before topics had partitions says one number a topic.
    return {topic: (place,) if isinstance(place, int) else place for topic, place in read.items()}


def write_offsets(lake: Path, offsets: Mapping[str, Offsets]) -> None:
    """Commit: everything below these offsets is in the lake."""
    write_bytes_atomically(lake / "offsets.json", msgspec.json.encode(offsets))
