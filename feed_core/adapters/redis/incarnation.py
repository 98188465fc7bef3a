"""A cache is as good as empty once another server process leads: it may not have heard what was forgotten.

Replicas follow late and saved files are old. So every connection begins by asking which process this is; the
first that meets a new one drops every key, before anybody reads.
"""

from typing import Any

import redis

EPOCH = "epoch"
# KEYS: the epoch; ARGV: the process, the pattern of every key.
_ENTER = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
local cursor, dropped = '0', 0
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[2], 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do dropped = dropped + redis.call('UNLINK', key) end
until cursor == '0'
redis.call('SET', KEYS[1], ARGV[1])
return dropped
"""


def enter(connection: Any, prefix: str) -> None:
    """Greet a server on a new connection. Raises what the client raises when it is away or only follows."""
    connection.on_connect()
    fields = _fields(_ask(connection, "INFO", "server", "replication"))
    if fields[b"role"] != b"master":
        raise redis.ReadOnlyError("another server leads by now")
    _ask(connection, "EVAL", _ENTER, 1, f"{prefix}:{EPOCH}", fields[b"run_id"], f"{prefix}:*")


def _ask(connection: Any, *command: Any) -> Any:
    connection.send_command(*command, check_health=False)
    return connection.read_response()


def _fields(info: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in info.splitlines())
    return {name: value for name, colon, value in lines if colon}
