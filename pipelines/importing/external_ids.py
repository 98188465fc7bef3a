"""What has been loaded before: external ids with the internal ones, and digests of the other rows."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from feed_core.model.errors import Corrupt

Noun = Literal["user", "post"]
_SCHEMA = """
create table if not exists ids (
  noun text not null, external text not null, internal integer not null, at integer not null,
  primary key (noun, external)
) without rowid;
create table if not exists loaded (digest integer primary key);
create table if not exists batches (number integer primary key);
"""
_ASKED = """
select noun, external, internal, at from ids limit 0;
select digest from loaded limit 0;
select number from batches limit 0;
"""
"""Fails where tables of these names are another program's."""


class Known(NamedTuple):
    """An internal id, and the time (ms) of the record."""

    internal: int
    at: int


class Batch(msgspec.Struct, frozen=True):
    """What one batch of rows left behind: ids of users or posts, or digests of other rows."""

    number: int
    users: tuple[tuple[str, int, int], ...] = ()
    posts: tuple[tuple[str, int, int], ...] = ()
    digests: tuple[int, ...] = ()


class LoadedRows:
    """The table file of an import source, beside the stores. Writes are durable when they return.

    Raises ``Corrupt`` when the file is no such one.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + _SCHEMA + _ASKED)
        except sqlite3.DatabaseError as error:
            raise Corrupt(
                f"{path} is no table of loaded rows: {error}.", fix="Restore it, or load into a new home."
            ) from error

    def ids(self, noun: Noun) -> dict[str, Known]:
        """All external ids of a kind."""
        rows = self._db.execute("select external, internal, at from ids where noun = ?", (noun,))
        return {external: Known(internal, at) for external, internal, at in rows}

    def digests(self) -> set[int]:
        """Digests of the follows and engagements that are in."""
        return {digest for (digest,) in self._db.execute("select digest from loaded")}

    def next_batch(self) -> int:
        """The number after that of the last batch that was added."""
        (number,) = self._db.execute("select coalesce(max(number), 0) + 1 from batches").fetchone()
        return int(number)

    def add(self, batch: Batch) -> None:
        """Remember a batch, all or nothing."""
        ids: Sequence[tuple[Noun, str, int, int]] = [
            *(("user", *one) for one in batch.users),
            *(("post", *one) for one in batch.posts),
        ]
        with self._db:
            self._db.execute("begin")
            self._db.executemany("insert or ignore into ids values (?, ?, ?, ?)", ids)
            self._db.executemany("insert or ignore into loaded values (?)", [(one,) for one in batch.digests])
            self._db.execute("insert or ignore into batches values (?)", (batch.number,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
