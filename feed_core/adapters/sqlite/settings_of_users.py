"""Settings of users in SQLite, one msgpack body a user."""

from collections.abc import Collection, Mapping

import msgspec

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.settings import StoredSettings

_SCHEMA = "CREATE TABLE IF NOT EXISTS user_settings (user_id INTEGER PRIMARY KEY, body BLOB NOT NULL);"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(StoredSettings).decode


class SqliteSettingsOfUsers:
    """Implements ``ports.settings_of_users.SettingsOfUsers``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def get_many(self, user_ids: Collection[int]) -> dict[int, StoredSettings]:
        rows = self._database.rows(
            "SELECT user_id, body FROM user_settings WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {user_id: _decode(body) for user_id, body in rows}

    def put(self, settings: Mapping[int, StoredSettings]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO user_settings VALUES (?, ?)",
                ((user_id, _encode(row)) for user_id, row in settings.items()),
            )

    def remove(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM user_settings WHERE user_id = ?", ((id_,) for id_ in user_ids)
            )
