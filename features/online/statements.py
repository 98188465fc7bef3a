"""The SQL of one view's table of packed rows."""

import numpy as np
from numpy.typing import NDArray

from features.definitions import Tags, View

CHUNK = 4096
"""Keys a SELECT; well below SQLite's limit of 32,766 parameters for two key columns."""


class Statements:
    """Every statement that the table of ``view`` needs."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._keys = view.join_keys
        self._parts = _list_parts(view)
        self.columns = (*self._keys, "event_time", "definition", "block", *self._parts)
        self.layout = f"SELECT name FROM pragma_table_info('{view.name}') ORDER BY cid"
        self.drop = f"DROP TABLE IF EXISTS {view.name}"
        self.create = self._create()
        self.upsert = self._upsert(self.columns)
        self.state = f"SELECT count(*), coalesce(max(event_time), 0) FROM {view.name}"
        wanted = ", ".join(self._wanted(names=False))
        self.under = f"SELECT {wanted} FROM {view.name} WHERE {self._keys[0]} = ? LIMIT ?"
        self.clear = f"DELETE FROM {view.name}"

    def select(self, keys: NDArray[np.int64], names: bool) -> tuple[str, list[int]]:
        """Text and parameters that read the rows of distinct ``keys`` (m, k).

        The text is the same for sizes up to the same power of two, so that SQLite parses it once;
        the parameters are filled up with 0, which is no key.
        """
        size = 1 << max(0, len(keys) - 1).bit_length()
        where, parameters = self._where(keys, size)
        return f"SELECT {', '.join(self._wanted(names=names))} FROM {where}", parameters

    def _wanted(self, *, names: bool) -> tuple[str, ...]:
        return tuple(column for column in self.columns if names or column != "names")

    def _where(self, keys: NDArray[np.int64], size: int) -> tuple[str, list[int]]:
        """One key column, or pairs with a single first key, are one IN; other pairs are a join.

        The join is from the pairs to the table (CROSS JOIN keeps SQLite from turning it round).
        """
        table = self.view.name
        marks = ",".join("?" * size)
        padding = [0] * (size - len(keys))
        if len(self._keys) == 1:
            return f"{table} WHERE {self._keys[0]} IN ({marks})", keys[:, 0].tolist() + padding
        first, second = self._keys
        if len(keys) and (keys[:, 0] == keys[0, 0]).all():
            where = f"{table} WHERE {first} = ? AND {second} IN ({marks})"
            return where, [int(keys[0, 0]), *keys[:, 1].tolist(), *padding]
        pairs = f"(SELECT column1 AS a, column2 AS b FROM (VALUES {','.join(['(?,?)'] * size)}))"
        return (
            f"{pairs} CROSS JOIN {table} ON {first} = a AND {second} = b",
            keys.ravel().tolist() + padding * 2,
        )

    def _create(self) -> str:
        lists = "".join(f", {part} BLOB NOT NULL" for part in self._parts)
        values = f"event_time INTEGER NOT NULL, definition INTEGER NOT NULL, block BLOB NOT NULL{lists}"
        if len(self._keys) == 1:
            key = f"{self._keys[0]} INTEGER PRIMARY KEY"
            return f"CREATE TABLE IF NOT EXISTS {self.view.name} ({key}, {values})"
        keys = ", ".join(f"{key} INTEGER NOT NULL" for key in self._keys)
        primary = f"PRIMARY KEY ({', '.join(self._keys)})"
        return f"CREATE TABLE IF NOT EXISTS {self.view.name} ({keys}, {values}, {primary}) WITHOUT ROWID"

    def _upsert(self, columns: tuple[str, ...]) -> str:
        """Newer wins; a row of another definition gives way whatever its time."""
        marks = ", ".join("?" * len(columns))
        sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in self._keys)
        table = self.view.name
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) "
            f"ON CONFLICT ({', '.join(self._keys)}) DO UPDATE SET {sets} "
            f"WHERE excluded.event_time >= {table}.event_time OR excluded.definition <> {table}.definition"
        )


def _list_parts(view: View) -> tuple[str, ...]:
    if view.list_field is None:
        return ()
    return ("ids", "weights", "names") if isinstance(view.list_field, Tags) else ("ids", "weights")
