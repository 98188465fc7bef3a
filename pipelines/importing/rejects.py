"""Rows that cannot go in: where they stand and why, kept in a file beside the run."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd


class Reject(msgspec.Struct, frozen=True):
    """``line`` counts from 1; in a Parquet file or a table it is the row. ``row`` is what stood there."""

    file: str
    line: int
    reason: str
    row: str = ""


def rejects_of(frame: pd.DataFrame, reasons: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> list[Reject]:
    """One ``Reject`` per row of ``frame`` (with ``file`` and ``line``) that has a reason other than ""."""
    bad = frame[reasons != ""]
    texts = [_text(row) for row in bad.drop(columns=["file", "line"]).to_dict("records")]
    found = reasons[reasons != ""]
    return [
        Reject(str(file), int(line), str(reason), text)
        for file, line, reason, text in zip(bad["file"], bad["line"], found, texts, strict=True)
    ]


def write_rejects(path: Path, rejects: Iterable[Reject]) -> None:
    """Write ``rejects`` as JSON lines, replacing the file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as out:
        out.writelines(_line(reject) for reject in rejects)
    partial.replace(path)


def _line(reject: Reject) -> bytes:
    """The reject as JSON; a byte of its file's name that is no UTF-8 stands there escaped."""
    file = reject.file.encode(errors="backslashreplace").decode()
    return msgspec.json.encode(msgspec.structs.replace(reject, file=file)) + b"\n"


def _text(row: dict[object, object]) -> str:
    """The row as text of at most 500 characters."""
    return ", ".join(f"{name}={value!r}"[:120] for name, value in row.items() if value not in ("", ()))[:500]
