"""When people were last here, in Redis: one small key a person, which goes after 60 days without a visit."""

from collections.abc import Collection

from feed_core.adapters.redis.connecting import RedisStore, translated
from feed_core.model.clock import DAY

_KEPT_MS = 60 * DAY
_TOUCH = """
local at = tonumber(ARGV[1])
for _, key in ipairs(KEYS) do
  local before = redis.call('GET', key)
  if not before or tonumber(before) < at then redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end
end
"""


class RedisActivity:
    """Implements ``ports.activity.Activity``."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        self._touch = store.client.register_script(_TOUCH)

    def touch(self, user_ids: Collection[int], at: int) -> None:
        if user_ids:
            with translated("remember who was here"):
                self._touch(keys=self._keys(user_ids), args=[at, _KEPT_MS])

    def active(self, user_ids: Collection[int], since: int) -> set[int]:
        if not user_ids:
            return set()
        ids = list(user_ids)
        with translated("tell who was here"):
            visits = self._store.client.mget(self._keys(ids))
        return {id_ for id_, at in zip(ids, visits, strict=True) if at is not None and int(at) >= since}

    def remove(self, user_ids: Collection[int]) -> None:
        if user_ids:
            with translated("forget who was here"):
                self._store.client.delete(*self._keys(user_ids))

    def _keys(self, user_ids: Collection[int]) -> list[str]:
        return [self._store.key(f"here:{id_}") for id_ in user_ids]
