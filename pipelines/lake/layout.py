"""Where the lake's parts lie and what their names say.

``lake/<table>/day=YYYY-MM-DD/part-<topic>-<first>-<last>.parquet`` holds the records of one day out of
the log offsets ``first`` to ``last`` (inclusive) of one topic. The name is a function of the offsets, so a
batch written twice is the same file. ``lake/offsets.json`` says up to where each topic is in.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from feed_core.model.errors import Corrupt
from pipelines.lake.atomic import write_bytes_atomically

_NAME = re.compile(r"part-([a-z]+)-(\d+)-(\d+)\.parquet")
_OFFSETS = msgspec.json.Decoder(dict[str, int])


class Part(NamedTuple):
    """One Parquet file of one day; ``first`` and ``last`` are log offsets, both inclusive."""

    path: Path
    topic: str
    first: int
    last: int


def lake_folder(home: Path) -> Path:
    """The folder of the lake of the run at ``home``."""
    return home / "lake"


def part_path(lake: Path, table: str, day: str, topic: str, span: tuple[int, int]) -> Path:
    """The file for the rows of ``day`` out of the offsets ``span`` (both inclusive); sorts by offset."""
    first, last = span
    return lake / table / f"day={day}" / f"part-{topic}-{first:012d}-{last:012d}.parquet"


def parts_in(folder: Path) -> list[Part]:
    """Every part below ``folder`` (a day or a table), by path; other files are not the lake's."""
    found = ((path, _NAME.fullmatch(path.name)) for path in sorted(folder.rglob("part-*.parquet")))
    return [Part(path, name[1], int(name[2]), int(name[3])) for path, name in found if name]


def live_parts(parts: Iterable[Part], offsets: dict[str, int]) -> list[Part]:
    """The parts that count: committed, and not inside a larger part of their day.

    A part past the committed offset is a batch in flight. A part inside another one was compacted
    into it and waits to be deleted.
    """
    live: list[Part] = []
    order = sorted(parts, key=lambda part: (part.path.parent, part.topic, part.first, -part.last))
    for part in order:
        if part.last >= offsets.get(part.topic, 0):
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


def read_offsets(lake: Path) -> dict[str, int]:
    """Topic → offset at which the lake goes on; empty for a new lake."""
    path = lake / "offsets.json"
    if not path.exists():
        return {}
    try:
        return _OFFSETS.decode(path.read_bytes())
    except msgspec.MsgspecError as error:
        raise Corrupt(f"{path} is damaged: {error}.", fix="Run `loupe lake --rebuild`.") from error


def write_offsets(lake: Path, offsets: dict[str, int]) -> None:
    """Commit: everything below these offsets is in the lake."""
    write_bytes_atomically(lake / "offsets.json", msgspec.json.encode(offsets))
