"""What has been loaded before: external ids with the internal ones, and digests of the other rows."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from feed_core.model.errors import Corrupt

Noun = Literal["user", "post"]
_SCHEMA = """
create table if not exists ids (
  noun text not null, external text not null, internal integer not null, at integer not null,
  owner integer not null, primary key (noun, external)
) without rowid;
create table if not exists loaded (digest integer primary key);
"""


class Known(NamedTuple):
    """An internal id, the time (ms) of the record, and its owner: the author of a post, else 0."""

    internal: int
    at: int
    owner: int


class LoadedRows:
    """The table file of an import source, beside the stores. Writes are durable when they return."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _SCHEMA)
        except sqlite3.DatabaseError as error:
            raise Corrupt(
                f"{path} is no table of loaded rows: {error}.", fix="Restore it, or load into a new home."
            ) from error

    def ids(self, noun: Noun) -> dict[str, Known]:
        """All external ids of a kind."""
        rows = self._db.execute("select external, internal, at, owner from ids where noun = ?", (noun,))
        return {external: Known(internal, at, owner) for external, internal, at, owner in rows}

    def digests(self) -> set[int]:
        """Digests of the follows and engagements that are in."""
        return {digest for (digest,) in self._db.execute("select digest from loaded")}

    def add_ids(self, noun: Noun, known: Iterable[tuple[str, Known]]) -> None:
        """Remember what was created."""
        rows = [(noun, external, *one) for external, one in known]
        with self._db:
            self._db.execute("begin")
            self._db.executemany("insert or ignore into ids values (?, ?, ?, ?, ?)", rows)

    def add_digests(self, digests: Sequence[int]) -> None:
        """Remember rows that went in."""
        with self._db:
            self._db.execute("begin")
            self._db.executemany("insert or ignore into loaded values (?)", [(one,) for one in digests])

    def close(self) -> None:
        """Close the file."""
        self._db.close()
