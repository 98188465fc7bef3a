"""Rate limits in Redis: one script counts all uses of a call, so that no two processes count at once."""

from collections.abc import Sequence

from feed_core.adapters.redis.connecting import RedisStore, translated
from feed_core.ports.rate_limits import Use

# Numbers in Lua are doubles: microseconds since 1970 stay whole in them until the year 2255.
_TAKE = """
local now, answers = tonumber(ARGV[1]), {}
for at, key in ipairs(KEYS) do
  local times, per = tonumber(ARGV[2 * at]), tonumber(ARGV[2 * at + 1])
  local paid = math.max(tonumber(redis.call('GET', key) or '0'), now) + math.floor(per / times)
  local excess = paid - (now + per)
  if excess > 0 then
    answers[at] = math.ceil(excess / 1000)
  else
    answers[at] = 0
    redis.call('SET', key, string.format('%.0f', paid), 'PX', math.ceil((paid - now) / 1000) + 1000)
  end
end
return answers
"""


class RedisRateLimits:
    """Implements ``ports.rate_limits.RateLimits``. Raises ``Unavailable``."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        self._take = store.client.register_script(_TAKE)

    def take(self, uses: Sequence[Use], now: int) -> list[int]:
        if not uses:
            return []
        keys = [self._store.key(f"rate:{use.key}") for use in uses]
        numbers = [number for use in uses for number in (use.times, use.per_ms * 1_000)]
        with translated("count uses"):
            answers: list[int] = self._take(keys=keys, args=[now * 1_000, *numbers])
        return answers
