"""Contact addresses and password hashes in SQLite."""

from collections.abc import Collection, Mapping, Sequence

from feed_core.adapters.sqlite.database import Database, json_keys
from feed_core.model.credentials import Credential
from feed_core.model.errors import Conflict

_SCHEMA = """
CREATE TABLE IF NOT EXISTS credentials (
  user_id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT NOT NULL, password_hash TEXT NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS credentials_email ON credentials (email) WHERE email <> '';
CREATE UNIQUE INDEX IF NOT EXISTS credentials_phone ON credentials (phone) WHERE phone <> '';
"""
_COLUMNS = "user_id, email, phone, password_hash, updated_at"


class SqliteCredentials:
    """Implements ``ports.credentials.Credentials``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.create(_SCHEMA)

    def put(self, credentials: Sequence[Credential]) -> None:
        new = {each.user_id: each for each in credentials}
        with self._database.transaction() as connection:
            self._refuse_taken(new)
            self.remove(new)
            connection.executemany(
                f"INSERT INTO credentials ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                ((c.user_id, c.email, c.phone, c.password_hash, c.updated_at) for c in new.values()),
            )

    def get_many(self, user_ids: Collection[int]) -> dict[int, Credential]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM credentials WHERE user_id IN (SELECT value FROM json_each(?))",
            json_keys(user_ids),
        )
        return {
            row[0]: Credential(
                user_id=row[0], email=row[1], phone=row[2], password_hash=row[3], updated_at=row[4]
            )
            for row in rows
        }

    def ids_of(self, contacts: Collection[str]) -> dict[str, int]:
        wanted = json_keys([contact for contact in contacts if contact])
        rows = self._database.rows(
            "SELECT email, user_id FROM credentials"
            " WHERE email <> '' AND email IN (SELECT value FROM json_each(?1)) UNION ALL "
            "SELECT phone, user_id FROM credentials"
            " WHERE phone <> '' AND phone IN (SELECT value FROM json_each(?1))",
            wanted,
        )
        return dict(rows)

    def remove(self, user_ids: Collection[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM credentials WHERE user_id = ?", ((id_,) for id_ in user_ids))

    def _refuse_taken(self, new: Mapping[int, Credential]) -> None:
        """Whoever is in ``new`` gives up the address held before."""
        for kind in ("email", "phone"):
            wanted = [getattr(each, kind) for each in new.values() if getattr(each, kind)]
            held = {contact for contact, id_ in self.ids_of(wanted).items() if id_ not in new}
            if held or len(set(wanted)) < len(wanted):
                raise Conflict(f"The {kind} is taken.", fix="Log in, or use another.")
