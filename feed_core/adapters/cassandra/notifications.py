"""Notifications in Cassandra: the newest of a person are the head of one partition; rows go after 30 days."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from feed_core.adapters.cassandra.session import CassandraSession
from feed_core.model.notifications import Notification, NotificationKey, Place

_COLUMNS = "user_id, at, notification_id, kind, actor_id, post_id, comment_id"
_PUT = f"INSERT INTO notifications ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_PUT_KEY = f"INSERT INTO notification_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_AT_KEY = "WHERE user_id = ? AND kind = ? AND actor_id = ? AND post_id = ? AND comment_id = ?"
_HELD = f"SELECT at, notification_id FROM notification_keys {_AT_KEY}"
_DROP_KEY = f"DELETE FROM notification_keys {_AT_KEY}"
_DROP = "DELETE FROM notifications WHERE user_id = ? AND at = ? AND notification_id = ?"
_AT_PLACE = (
    "SELECT kind, actor_id, post_id, comment_id FROM notifications"
    " WHERE user_id = ? AND at = ? AND notification_id = ?"
)
_BELOW = f"SELECT {_COLUMNS} FROM notifications WHERE user_id = ? AND (at, notification_id) < (?, ?) LIMIT ?"
_MARKS = "SELECT user_id, at, notification_id FROM notification_marks WHERE user_id IN ?"
_FIRST_MARK = "INSERT INTO notification_marks (user_id, at, notification_id) VALUES (?, ?, ?) IF NOT EXISTS"
_NEXT_MARK = (
    "UPDATE notification_marks SET at = ?, notification_id = ? WHERE user_id = ?"
    " IF at = ? AND notification_id = ?"
)
_FORGET = (
    "DELETE FROM notifications WHERE user_id = ?",
    "DELETE FROM notification_keys WHERE user_id = ?",
)
_FORGET_MARK = "DELETE FROM notification_marks WHERE user_id = ? IF EXISTS"

_At = tuple[int, int, int]
"""(user_id, at, notification_id)."""


class CassandraNotifications:
    """Implements ``ports.notifications.Notifications``. The key's row is written first and removed last."""

    def __init__(self, session: CassandraSession) -> None:
        self._session = session

    def put(self, notifications: Sequence[Notification]) -> None:
        keys = list({each.key for each in notifications})
        places = list({(each.user_id, *each.place) for each in notifications})
        at_keys, at_places = self._session.rows_of((_HELD, keys), (_AT_PLACE, places))
        held, taken = _held(keys, at_keys), _taken(places, at_places)
        for each in notifications:
            place = (each.user_id, *each.place)
            if place not in taken and held.setdefault(each.key, each.place) == each.place:
                taken[place] = each.key
        rows = [(*place, *key[1:]) for place, key in taken.items()]
        self._session.write_small(_PUT_KEY, rows)
        self._session.write_small(_PUT, rows)

    def remove(self, keys: Collection[NotificationKey]) -> None:
        asked = list(set(keys))
        held = _held(asked, self._session.rows_many(_HELD, asked))
        self._session.write_small(_DROP, ((key.user_id, *place) for key, place in held.items()))
        self._session.write_small(_DROP_KEY, held)

    def below(self, user_id: int, before: Place, limit: int) -> list[Notification]:
        return [
            Notification(
                user_id=row[0], at=row[1], notification_id=row[2], kind=row[3], actor_id=row[4],
                post_id=row[5], comment_id=row[6],
            )
            for row in self._session.rows(_BELOW, user_id, *before, limit)
        ]  # fmt: skip

    def mark_read(self, marks: Mapping[int, Place]) -> None:
        for user_id, place in marks.items():
            while (held := self.marks([user_id]).get(user_id)) is None or held < place:
                if held is None:
                    done = self._session.applied(_FIRST_MARK, user_id, *place)
                else:
                    done = self._session.applied(_NEXT_MARK, *place, user_id, *held)
                if done:
                    break

    def marks(self, user_ids: Collection[int]) -> dict[int, Place]:
        rows = self._session.rows_in(_MARKS, set(user_ids))
        return {user_id: (at, id_) for user_id, at, id_ in rows}

    def forget(self, before: int) -> None:
        """Nothing: rows go by themselves."""

    def forget_users(self, user_ids: Collection[int]) -> None:
        for cql in _FORGET:
            self._session.write_small(cql, ((id_,) for id_ in set(user_ids)))
        for user_id in set(user_ids):
            self._session.applied(_FORGET_MARK, user_id)


_Found = Sequence[Sequence[Sequence[Any]]]


def _held(keys: Sequence[NotificationKey], found: _Found) -> dict[NotificationKey, Place]:
    """Where the row of each key is, of those that have one."""
    return {key: (rows[0][0], rows[0][1]) for key, rows in zip(keys, found, strict=True) if rows}


def _taken(places: Sequence[_At], found: _Found) -> dict[_At, NotificationKey]:
    """What lies at each place, where anything does."""
    return {
        place: NotificationKey(place[0], *rows[0]) for place, rows in zip(places, found, strict=True) if rows
    }
