"""Notifications in SQLite: a person's rows lie together, newest last."""

from collections.abc import Collection, Mapping, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.notifications import Notification, NotificationKey, NotificationKind, Place

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notifications (
  user_id INTEGER NOT NULL, at INTEGER NOT NULL, notification_id INTEGER NOT NULL, kind TEXT NOT NULL,
  actor_id INTEGER NOT NULL, post_id INTEGER NOT NULL, comment_id INTEGER NOT NULL,
  PRIMARY KEY (user_id, at, notification_id)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS notifications_once
  ON notifications (user_id, kind, actor_id, post_id, comment_id);
CREATE INDEX IF NOT EXISTS notifications_by_time ON notifications (at);
CREATE TABLE IF NOT EXISTS notification_marks (
  user_id INTEGER PRIMARY KEY, at INTEGER NOT NULL, notification_id INTEGER NOT NULL);
"""
_COLUMNS = "user_id, at, notification_id, kind, actor_id, post_id, comment_id"
_MARK = """
INSERT INTO notification_marks VALUES (?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET
  at = excluded.at, notification_id = excluded.notification_id
WHERE (excluded.at, excluded.notification_id) > (at, notification_id)
"""
_REMOVE = """
DELETE FROM notifications
WHERE user_id = ? AND kind = ? AND actor_id = ? AND post_id = ? AND comment_id = ?
"""


class SqliteNotifications:
    """Implements ``ports.notifications.Notifications``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, notifications: Sequence[Notification]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR IGNORE INTO notifications ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (n.user_id, n.at, n.notification_id, n.kind, n.actor_id, n.post_id, n.comment_id)
                    for n in notifications
                ),
            )

    def remove(self, keys: Collection[NotificationKey]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(_REMOVE, keys)

    def below(self, user_id: int, before: Place, limit: int) -> list[Notification]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM notifications WHERE user_id = ? AND (at, notification_id) < (?, ?)"
            " ORDER BY at DESC, notification_id DESC LIMIT ?",
            user_id,
            *before,
            limit,
        )
        return [_notification(row) for row in rows]

    def mark_read(self, marks: Mapping[int, Place]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(_MARK, ((user_id, *place) for user_id, place in marks.items()))

    def marks(self, user_ids: Collection[int]) -> dict[int, Place]:
        rows = self._database.rows(
            "SELECT user_id, at, notification_id FROM notification_marks"
            " WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {user_id: (at, id_) for user_id, at, id_ in rows}

    def forget(self, before: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM notifications WHERE at < ?", (before,))

    def forget_users(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            for table in ("notifications", "notification_marks"):
                connection.executemany(f"DELETE FROM {table} WHERE user_id = ?", ((i,) for i in user_ids))


def _notification(row: tuple[int, int, int, NotificationKind, int, int, int]) -> Notification:
    return Notification(
        user_id=row[0], at=row[1], notification_id=row[2], kind=row[3], actor_id=row[4], post_id=row[5],
        comment_id=row[6],
    )  # fmt: skip
