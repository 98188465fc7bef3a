"""Packed rows on SQLite: a table a view, keyed by the entity's key columns, one block of float32 a row.

Single keys are the table's rowid, pairs a clustered primary key, so a read is one B-tree descent a
row; the blocks of a read are joined and looked at through one ``np.frombuffer``.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from features.definitions import View
from features.online.arranging import in_order, values_of
from features.online.connections import Connections
from features.online.keys import KeyIndex, index_keys
from features.online.packing import Found, lists_from, values_from
from features.online.rows import Entities, Keys, PackedRows, Rows, ViewState, checked_keys
from features.online.statements import CHUNK, Statements


class SqliteOnlineRows:
    """``OnlineRows`` in the file ``path``; made with its folder when it is not there."""

    def __init__(self, path: Path) -> None:
        self._connections = Connections(path)
        self._statements: dict[str, Statements] = {}
        self._foreign: dict[str, int] = {}
        self._lock = threading.Lock()

    def write_many(self, view: View, rows: PackedRows) -> int:
        """See ``OnlineRows.write_many``."""
        statements, values = self._of(view), values_of(view, rows)
        with self._connections.writing() as connection:
            return connection.executemany(statements.upsert, values).rowcount

    def read_many(self, view: View, keys: Keys, *, names: bool = False) -> Rows:
        """See ``OnlineRows.read_many``."""
        index = index_keys(checked_keys(view, keys))
        found = Found(self._select(view, index, names), view)
        if found.foreign:
            with self._lock:
                self._foreign[view.name] = self._foreign.get(view.name, 0) + found.foreign
        return in_order(view, found, index)

    def read_views(self, views: Sequence[View], keys: Mapping[Entities, Keys]) -> dict[str, Rows]:
        """See ``OnlineRows.read_views``."""
        return {view.name: self.read_many(view, keys[view.entities]) for view in views}

    def read_under(self, view: View, first: int, most: int) -> tuple[Keys, Rows] | None:
        """See ``VersionedRows.read_under``: such rows lie side by side."""
        text = self._of(view).under
        rows = self._connections.here().execute(text, (first, most + 1)).fetchall()
        found = Found(rows, view)
        if len(rows) > most or found.foreign:
            return None
        lists = None if view.list_field is None else lists_from(found).take(np.arange(len(rows)))
        return found.keys, Rows(values_from(found), found.event_times, lists)

    def state(self, view: View) -> ViewState:
        """See ``OnlineRows.state``."""
        with closing(self._connections.here().execute(self._of(view).state)) as cursor:
            rows, newest = cursor.fetchone()
        return ViewState(rows, newest)

    def version(self) -> int:
        """Changes when another process, or another object of this class, has committed to the file."""
        return self._connections.version()

    def foreign_rows(self) -> dict[str, int]:
        """See ``OnlineRows.foreign_rows``."""
        with self._lock:
            return dict(self._foreign)

    def drop(self, view: View) -> None:
        """See ``OnlineRows.drop``. The table stays: other processes know that it is there."""
        statement = self._of(view).clear
        with self._connections.writing() as connection:
            connection.execute(statement)

    def close(self) -> None:
        """See ``OnlineRows.close``."""
        self._connections.close()

    def _of(self, view: View) -> Statements:
        """The statements of ``view``, whose table is made when it is first named.

        A table that was laid out for other keys or lists gives way: its rows would count as absent anyway.
        """
        with self._lock:
            known = self._statements.get(view.name)
        if known is not None and known.view == view:
            return known
        statements = Statements(view)
        with self._connections.writing() as connection:
            if tuple(name for (name,) in connection.execute(statements.layout)) != statements.columns:
                connection.execute(statements.drop)
            connection.execute(statements.create)
        with self._lock:
            self._statements[view.name] = statements
        return statements

    def _select(self, view: View, index: KeyIndex, names: bool) -> list[tuple[object, ...]]:
        statements, connection = self._of(view), self._connections.here()
        rows: list[tuple[object, ...]] = []
        for start in range(0, len(index.distinct), CHUNK):
            text, parameters = statements.select(index.distinct[start : start + CHUNK], names)
            rows += connection.execute(text, parameters).fetchall()
        return rows
