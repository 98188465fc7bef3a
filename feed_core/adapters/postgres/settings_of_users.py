"""Settings of users in Postgres, one msgpack body a user, with the account."""

from collections.abc import Collection, Mapping

import msgspec

from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.shards import Shards
from feed_core.model.settings import StoredSettings

_PUT = """
INSERT INTO {s}.user_settings VALUES (%s, %s) ON CONFLICT (user_id) DO UPDATE SET body = excluded.body
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(StoredSettings).decode


class PostgresSettingsOfUsers:
    """Implements ``ports.settings_of_users.SettingsOfUsers``."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def get_many(self, user_ids: Collection[int]) -> dict[int, StoredSettings]:
        ids = by_shard(user_ids, self._shards.of_user)
        select = "SELECT user_id, body FROM {s}.user_settings WHERE user_id = ANY(%s)"
        rows = self._shards.read_each(select, {shard: (there,) for shard, there in ids.items()})
        return {user_id: _decode(body) for user_id, body in rows}

    def put(self, settings: Mapping[int, StoredSettings]) -> None:
        ids = by_shard(settings, self._shards.of_user)
        self._shards.write_each(
            ids,
            lambda cursor, shard: cursor.executemany(
                _PUT, [(id_, _encode(settings[id_])) for id_ in ids[shard]]
            ),
        )

    def remove(self, user_ids: Collection[int]) -> None:
        ids = by_shard(user_ids, self._shards.of_user)
        delete = "DELETE FROM {s}.user_settings WHERE user_id = ANY(%s)"
        self._shards.write_each(ids, lambda cursor, shard: cursor.execute(delete, (ids[shard],)))
