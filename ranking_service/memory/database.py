"""``ranking.sqlite`` of a home: what the service remembers. Losing it costs repeats, never safety."""

from pathlib import Path

from features.online.connections import Connections
from feed_core.model.errors import Corrupt

FILE_NAME = "ranking.sqlite"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS served (user_id INTEGER NOT NULL, at INTEGER NOT NULL,"
    " decision_id INTEGER NOT NULL, post_ids BLOB NOT NULL,"
    " PRIMARY KEY (user_id, at, decision_id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS snapshots (snapshot_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL,"
    " made_at INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS snapshots_by_user ON snapshots (user_id, made_at)",
    "CREATE INDEX IF NOT EXISTS snapshots_by_time ON snapshots (made_at)",
)


def open_memory(home: Path) -> Connections:
    """The file in ``home``, made when absent; raises ``Corrupt`` when it is no database."""
    path = home / FILE_NAME
    try:
        connections = Connections(path)
        with connections.writing() as connection:
            for statement in _SCHEMA:
                connection.execute(statement)
    except Corrupt as error:
        fix = "Delete the file; it only holds what was shown lately."
        raise Corrupt(f"{path} is not a readable database.", fix=fix) from error
    return connections
