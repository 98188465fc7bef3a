"""What becomes rows, and what is set aside with the reason: one bad record must not stop the lake."""

import base64
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from feed_core.ports.event_log import LogRecord
from pipelines.lake.atomic import write_bytes_atomically
from pipelines.lake.days import in_range
from pipelines.lake.tables import UNREADABLE, Row, Table, to_table

Rejected = dict[str, object]


def read_rows(table: Table, records: Sequence[LogRecord]) -> tuple[pa.Table, list[Rejected]]:
    """The records as rows, and those that are none: their place in the log, the reason, what they say."""
    try:
        rows, read, rejected = [table.row(record.body) for record in records], list(records), list[Rejected]()
        made = to_table(rows, table.schema)
    except UNREADABLE:
        rows, read, rejected = _one_by_one(table, records)
        made = to_table(rows, table.schema)
    good = in_range(made, table.time)
    rejected += [
        {**_place(read[at]), "reason": f"{table.time} is no time", "row": repr(rows[at])}
        for at in np.flatnonzero(~good)
    ]
    return made.filter(good), rejected


def write_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    """A line each, whole or not at all."""
    write_bytes_atomically(path, b"".join(msgspec.json.encode(line) + b"\n" for line in rejected))


def _one_by_one(
    table: Table, records: Sequence[LogRecord]
) -> tuple[list[Row], list[LogRecord], list[Rejected]]:
    rows, read, rejected = list[Row](), list[LogRecord](), list[Rejected]()
    for record in records:
        try:
            row = table.row(record.body)
            to_table([row], table.schema)
        except UNREADABLE as error:
            body = base64.b64encode(record.body).decode()
            rejected.append({**_place(record), "reason": str(error), "body": body})
        else:
            rows.append(row)
            read.append(record)
    return rows, read, rejected


def _place(record: LogRecord) -> dict[str, int]:
    return {"partition": record.partition, "offset": record.offset}
