"""Offline files that need not be written again, because what they were made of has not changed."""

import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_SOURCE = b"loupe.source"


def mark_of(source: Path) -> bytes:
    """What is another when ``source``, a file or a folder of files, has been written anew."""
    files = sorted(source.rglob("*")) if source.is_dir() else [source]
    stats = [(file.name, file.stat()) for file in files]
    return repr([(name, stat.st_size, stat.st_mtime_ns, stat.st_ino) for name, stat in stats]).encode()


def marked(table: Any, mark: bytes) -> Any:
    """``table`` with the mark of its source, to be found by ``keep`` in the file that it becomes."""
    return table.replace_schema_metadata({_SOURCE: mark})


def keep(old: Path, new: Path, schema: Any, mark: bytes) -> int | None:
    """Let ``new`` be the file ``old`` if that was made in ``schema`` of the source with ``mark``.

    Returns its number of rows; None when it has to be written: it is not there, of something else, or
    damaged.
    """
    try:
        with pq.ParquetFile(old) as file:
            rows, found = int(file.metadata.num_rows), file.schema_arrow
    except (pa.ArrowInvalid, OSError):
        return None
    if (found.metadata or {}).get(_SOURCE) != mark or not found.equals(schema):
        return None
    link(old, new)
    return rows


def link(old: Path, new: Path) -> None:
    """Make ``new`` the same file as ``old``, or a copy where the file system has no hard links."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copy2(old, new)
