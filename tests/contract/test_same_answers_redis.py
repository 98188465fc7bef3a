"""Whatever happens, in whatever order and however often repeated: Redis answers what SQLite answers.

Redis lets go by its own clock what the port's clock says is over, so time goes on here and never back.
"""

from collections.abc import Callable
from functools import partial
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.adapters.redis.connecting import RedisStore
from feed_core.adapters.redis.rate_limits import RedisRateLimits
from feed_core.adapters.redis.sessions import RedisSessions
from feed_core.adapters.sqlite.rate_limits import SqliteRateLimits
from feed_core.adapters.sqlite.sessions import SqliteSessions
from feed_core.model.clock import DAY, SystemClock
from feed_core.model.credentials import Session
from feed_core.ports.rate_limits import Use
from tests.contract.histories import BIG, Step, call, checked, histories, play, read
from tests.servers import remove_keys

START = SystemClock().now() + DAY
"""Ahead of the server's clock: by that, nothing ends while a test runs."""
PEOPLE, TOKENS = (1, 2, BIG), tuple(bytes([number]) * 32 for number in range(5))
ENDS = (START + 1_000, START + 2_000, START + 2_001)
ids, tokens = st.sampled_from(PEOPLE), st.sampled_from(TOKENS)
sessions = st.builds(
    Session, user_id=ids, created_at=st.just(START), expires_at=st.sampled_from(ENDS),
    device=st.sampled_from(["", "phone é"]),
)  # fmt: skip


@pytest.fixture
def empty_redis(redis_store: RedisStore) -> Callable[[], None]:
    """Empties what the test wrote, for many histories."""
    return partial(remove_keys, redis_store)


def reads_at(now: int) -> list[Step]:
    return [read("get_many", TOKENS, now), *(read("of_user", id_, now) for id_ in PEOPLE)]


SESSION_READS = [step for now in (START, *ENDS) for step in reads_at(now)]
AFTER_FORGETTING = [read("forget", ENDS[1]), *reads_at(ENDS[1]), *reads_at(ENDS[2])]


@given(
    histories(
        call("put", st.dictionaries(tokens, sessions, max_size=3)),
        call("put", st.dictionaries(tokens, sessions, max_size=3)),
        call("remove", st.lists(tokens, max_size=2)),
        call("remove_of", st.lists(ids, max_size=2)),
        st.sampled_from(SESSION_READS),
    )
)
@checked
def test_sessions(redis_store: RedisStore, empty_redis: Callable[[], None], steps: list[Step]) -> None:
    real = RedisSessions(redis_store)
    play(SqliteSessions, real, empty_redis, [*steps, *SESSION_READS, *AFTER_FORGETTING])


PACES = ((1, 100_000), (2, 100_000), (7, 100_000), (3, 1_000_000))
"""So slow that no key ends by the server's clock while a test runs."""
GAPS = (0, 1, 7, 14_286, 50_000, 100_001, 333_333, 1_000_000)
uses = st.builds(lambda key, pace: Use(key, *pace), st.sampled_from(["a", "é:b"]), st.sampled_from(PACES))
turns = st.lists(st.tuples(st.sampled_from(GAPS), st.lists(uses, max_size=6)), min_size=3, max_size=20)


def taking(turns: list[tuple[int, list[Use]]]) -> list[Step]:
    """Uses, each turn's so many ms after the turn before."""
    nows = accumulate((gap for gap, _ in turns), initial=START)
    return [read("take", some, now) for (_, some), now in zip(turns, [*nows][1:], strict=True)]


@given(turns.map(taking))
@checked
def test_rate_limits(redis_store: RedisStore, empty_redis: Callable[[], Any], steps: list[Step]) -> None:
    play(SqliteRateLimits, RedisRateLimits(redis_store), empty_redis, steps)
