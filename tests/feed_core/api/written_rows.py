"""What the databases of a home hold, to see whether a request wrote anything."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def rows_of(home: Path) -> Iterator[tuple[str, list[Any]]]:
    """Every table of every database of the home folder."""
    for path in sorted(home.glob("*.sqlite")):
        with sqlite3.connect(path) as db:
            names = db.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (name,) in names:
                yield f"{path.name}:{name}", db.execute(f'select * from "{name}"').fetchall()


class WrittenRows:
    """The rows of a home, read again only after something was committed: SQLite counts the commits of others.

    Without those of ``unless``, parts of names of tables.
    """

    def __init__(self, home: Path, *unless: str) -> None:
        self._home, self._unless = home, unless
        self._looking = [sqlite3.connect(path) for path in sorted(home.glob("*.sqlite"))]
        self._commits: list[int] = []
        self._rows: dict[str, list[Any]] = {}

    def now(self) -> dict[str, list[Any]]:
        """By database and table."""
        commits = [db.execute("pragma data_version").fetchone()[0] for db in self._looking]
        if commits != self._commits:
            self._commits, self._rows = commits, dict(self._read())
        return self._rows

    def close(self) -> None:
        for db in self._looking:
            db.close()

    def _read(self) -> Iterator[tuple[str, list[Any]]]:
        for name, rows in rows_of(self._home):
            if not any(part in name for part in self._unless):
                yield name, rows
