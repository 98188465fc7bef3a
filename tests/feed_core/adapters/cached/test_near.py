"""What is kept near: forgotten when any process says so, and not used while that could not be heard."""

import signal
import subprocess
import sys
from pathlib import Path

from feed_core.adapters.cached.keys import L1_TTL_MS, POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.memory.cache import MemoryCache
from feed_core.adapters.redis.cache import open_cache
from feed_core.adapters.redis.connecting import RedisStore
from feed_core.model.clock import SetClock, SystemClock
from pipelines.stack.environment import environment
from pipelines.stack.processes import running
from pipelines.stack.servers import group_of
from tests.servers import wait_until
from tests.stack import Throwaway

ROOT = Path(__file__).parents[4]

_OTHER = """
import sys
from feed_core.adapters.cached.keys import POST
from feed_core.adapters.cached.near import Near
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.redis.connecting import open_redis
cache = RedisCache(open_redis(sys.stdin.readline().strip()))
near = Near(cache)
near.keep({POST.of(1): "kept", POST.of(2): "kept"}, near.mark())
print("ready", flush=True)
while line := sys.stdin.readline().strip():
    if line == "forget":
        cache.forget([POST.of(1)])
        near.forget([POST.of(1)])
    print(sorted(near.find([POST.of(1), POST.of(2)])), flush=True)
near.close()
"""


def test_a_write_in_one_process_is_forgotten_in_the_other(
    near: Near, redis_store: RedisStore, redis_url: str
) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", _OTHER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdin
    assert other.stdout

    def tell(line: str) -> str:
        print(line, file=other.stdin, flush=True)
        return other.stdout.readline().strip()  # type: ignore[union-attr]

    assert tell(redis_url) == "ready"
    near.forget([POST.of(2)])
    wait_until(lambda: tell("look") == str([POST.of(1)]))
    both = [POST.of(1), POST.of(3)]  # not 2: a process hears its own words too, at some time
    near.keep(dict.fromkeys(both, "mine"), near.mark())
    tell("forget")
    wait_until(lambda: near.find(both).keys() == {POST.of(3)})
    other.stdin.close()
    assert other.wait(30) == 0


def test_after_a_lost_connection_everything_near_is_forgotten(near: Near, redis_store: RedisStore) -> None:
    near.keep({"post:1": "x"}, near.mark())
    mark = near.mark()
    for client in redis_store.client.client_list(_type="pubsub"):
        redis_store.client.client_kill_filter(_id=client["id"])
    wait_until(lambda: near.find(["post:1"]) == {})
    near.keep({"post:1": "read before"}, mark)
    assert near.find(["post:1"]) == {}
    wait_until(lambda: keeps(near))


def keeps(near: Near) -> bool:
    """Whether what is read now is found again."""
    near.keep({"post:2": "y"}, near.mark())
    return near.find(["post:2"]) == {"post:2": "y"}


def test_while_nothing_can_be_heard_nothing_is_found(throwaway: Throwaway) -> None:
    with throwaway("redis") as stack:
        near = Near(open_cache(environment(stack)["LOUPE_REDIS_CACHE_URL"]))
        assert keeps(near)
        leader = running(stack.record(group_of(stack.servers, "redis-cache")[0]))
        assert leader is not None
        leader.send_signal(signal.SIGSTOP)
        wait_until(lambda: not keeps(near))
        leader.send_signal(signal.SIGCONT)
        wait_until(lambda: keeps(near))
        near.close()


def test_it_begins_without_a_server_and_keeps_nothing() -> None:
    near = Near(open_cache("redis://127.0.0.1:1/0"))
    assert not keeps(near)
    near.close()


def test_a_minute_later_nothing_is_found() -> None:
    clock = SetClock(0)
    near = Near(MemoryCache(clock), clock.now)
    near.keep({"post:1": "x"}, near.mark())
    clock.set(L1_TTL_MS - 1)
    assert near.find(["post:1"]) == {"post:1": "x"}
    clock.set(L1_TTL_MS)
    assert near.find(["post:1"]) == {}


def test_what_ends_while_it_is_looked_for_is_found_or_not() -> None:
    times = [0]
    near = Near(MemoryCache(SystemClock()), lambda: times.pop(0) if len(times) > 1 else times[0])
    near.keep({"post:1": "x"}, near.mark())
    times[:] = [L1_TTL_MS - 1, L1_TTL_MS]
    assert near.find(["post:1"]) == {"post:1": "x"}
    assert near.find(["post:1"]) == {}


def test_what_is_forgotten_during_a_read_is_not_kept_however_much_else_is() -> None:
    cache = MemoryCache(SystemClock())
    near, elsewhere = Near(cache), Near(cache)
    mark = near.mark()
    elsewhere.forget(["post:1"])
    for at in range(0, 60_000, 1_000):
        elsewhere.forget([f"user:{at + number}" for number in range(1_000)])
    near.keep({"post:1": "old"}, mark)
    assert near.find(["post:1"]) == {}
    near.keep({"post:1": "new"}, near.mark())
    assert near.find(["post:1"]) == {"post:1": "new"}


def test_no_more_than_so_many_are_kept() -> None:
    near = Near(MemoryCache(SystemClock()), entries=3)
    near.keep({f"post:{number}": number for number in range(9)}, near.mark())
    assert len(near.find([f"post:{number}" for number in range(9)])) == 3
