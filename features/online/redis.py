"""Packed rows on Redis: a key an entity and view, one value a row, so that a view is one MGET.

A value is the event time and the definition (int64 each, little endian), the block of float32, and for a
view with a list its length (uint32), ids, weights and words. The rows are a use of Redis of their own: they
are what serving knows, so they are never evicted.
"""

import struct
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from features.definitions import View
from features.definitions.hashing import view_code
from features.online.arranging import in_order, values_of
from features.online.keys import KeyIndex, index_keys
from features.online.packing import Found
from features.online.rows import Entities, Keys, PackedRows, Rows, ViewState, checked_keys
from feed_core.model.errors import Corrupt
from feed_core.redis_client import RedisStore, translated

_HEAD, _COUNT = struct.Struct("<qq"), struct.Struct("<I")
_CHUNK = 1_000
"""Rows a script; a write of more is one transaction of several."""
# Newer wins; a row of another definition gives way whatever its time. KEYS: state, version, then the rows'.
_WRITE = """
local taken, new, newest = 0, 0, tonumber(redis.call('HGET', KEYS[1], 'newest') or '0')
for at = 3, #KEYS do
  local value = ARGV[at - 2]
  local stored, time = redis.call('GETRANGE', KEYS[at], 0, 15), struct.unpack('<i8', value)
  local other = #stored < 16 or string.sub(stored, 9) ~= string.sub(value, 9, 16)
  if other or time >= struct.unpack('<i8', stored) then
    if #stored == 0 then new = new + 1 end
    redis.call('SET', KEYS[at], value)
    taken, newest = taken + 1, math.max(newest, time)
  end
end
if taken > 0 then
  redis.call('HINCRBY', KEYS[1], 'rows', new)
  redis.call('HSET', KEYS[1], 'newest', string.format('%.0f', newest))
  redis.call('INCR', KEYS[2])
end
return taken
"""


class RedisOnlineRows:
    """``OnlineRows`` under the prefix of ``store``. Raises ``Unavailable`` when Redis does not answer."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store
        self._script = store.client.register_script(_WRITE)
        self._foreign: dict[str, int] = {}
        self._own_writes = 0
        self._lock = threading.Lock()

    def write_many(self, view: View, rows: PackedRows) -> int:
        """See ``OnlineRows.write_many``."""
        packed = [(self._key(view, row), _packed(view, row)) for row in values_of(view, rows)]
        state, version = self._state_key(view), self._version_key()
        with translated("write feature rows"), self._store.client.pipeline(transaction=True) as pipe:
            for start in range(0, len(packed), _CHUNK):
                names, values = zip(*packed[start : start + _CHUNK], strict=True)
                self._script(keys=[state, version, *names], args=values, client=pipe)
            taken: list[int] = pipe.execute() if packed else []
        with self._lock:
            self._own_writes += sum(1 for number in taken if number)
        return sum(taken)

    def read_many(self, view: View, keys: Keys, *, names: bool = False) -> Rows:
        """See ``OnlineRows.read_many``."""
        index = index_keys(checked_keys(view, keys))
        values: list[bytes | None] = []
        if len(index.distinct):
            with translated("read feature rows"):
                values = self._store.client.mget(self._keys(view, index.distinct))
        found = Found(list(_rows(view, index, values, names)), view)
        if found.foreign:
            with self._lock:
                self._foreign[view.name] = self._foreign.get(view.name, 0) + found.foreign
        return in_order(view, found, index)

    def read_views(self, views: Sequence[View], keys: Mapping[Entities, Keys]) -> dict[str, Rows]:
        """See ``OnlineRows.read_views``."""
        return {view.name: self.read_many(view, keys[view.entities]) for view in views}

    def read_under(self, view: View, first: int, most: int) -> None:
        """See ``VersionedRows.read_under``: a pair is a key of its own here."""

    def state(self, view: View) -> ViewState:
        """See ``OnlineRows.state``."""
        with translated("count feature rows"):
            rows, newest = self._store.client.hmget(self._state_key(view), "rows", "newest")
        return ViewState(int(rows or 0), int(newest or 0))

    def version(self) -> int:
        """Changes when another process, or another object of this class, has written."""
        with self._lock, translated("read feature rows"):
            return int(self._store.client.get(self._version_key()) or 0) - self._own_writes

    def foreign_rows(self) -> dict[str, int]:
        """See ``OnlineRows.foreign_rows``."""
        with self._lock:
            return dict(self._foreign)

    def drop(self, view: View) -> None:
        """See ``OnlineRows.drop``."""
        client = self._store.client
        with translated("forget feature rows"):
            found = client.scan_iter(match=f"{self._store.key(f'rows:{view.name}')}:*", count=1_000)
            while names := list(islice(found, 1_000)):
                client.unlink(*names)
            client.delete(self._state_key(view))
            client.incr(self._version_key())

    def close(self) -> None:
        """See ``OnlineRows.close``."""
        self._store.client.close()

    def _keys(self, view: View, distinct: Keys) -> list[str]:
        return [self._key(view, row) for row in distinct.tolist()]

    def _key(self, view: View, row: Sequence[object]) -> str:
        ids = ":".join(map(str, row[: len(view.join_keys)]))
        return self._store.key(f"rows:{view.name}:{ids}")

    def _state_key(self, view: View) -> str:
        return self._store.key(f"rows_state:{view.name}")

    def _version_key(self) -> str:
        return self._store.key("rows_version")


def _packed(view: View, row: Sequence[object]) -> bytes:
    time, definition, block, *parts = row[len(view.join_keys) :]
    head = _HEAD.pack(time, definition) + block  # type: ignore[operator]
    return head + _COUNT.pack(len(parts[0]) // 8) + b"".join(parts) if parts else head  # type: ignore[arg-type]


def _rows(
    view: View, index: KeyIndex, values: Iterable[bytes | None], names: bool
) -> Iterator[tuple[object, ...]]:
    """What is stored, as ``Found`` wants it; a row of another definition is left unread."""
    code, width = view_code(view), 4 * view.width
    for key, value in zip(index.distinct.tolist(), values, strict=True):
        if value is None:
            continue
        if len(value) < _HEAD.size:
            raise _corrupt(view, key)
        time, definition = _HEAD.unpack_from(value)
        if definition != code:
            yield (*key, time, definition)
        elif view.list_field is None:
            yield (*key, time, definition, value[_HEAD.size :])
        else:
            yield (*key, time, definition, *_parts(view, key, value[_HEAD.size :], width, names))


def _parts(view: View, key: list[int], body: bytes, width: int, names: bool) -> tuple[bytes, ...]:
    start = width + _COUNT.size
    if len(body) < start:
        raise _corrupt(view, key)
    (count,) = _COUNT.unpack_from(body, width)
    ids, weights = start + 8 * count, start + 12 * count
    if len(body) < weights:
        raise _corrupt(view, key)
    parts = (body[:width], body[start:ids], body[ids:weights])
    return (*parts, body[weights:]) if names and weights < len(body) else parts


def _corrupt(view: View, key: list[int]) -> Corrupt:
    named = ", ".join(map(str, key))
    return Corrupt(
        f"The stored row of {view.name} for key {named} has a wrong length.",
        fix="Run: loupe features materialize.",
    )
