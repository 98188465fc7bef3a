"""Where Redis is, told by a URL."""

from traceback import format_exception
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.redis.connecting import open_redis
from feed_core.adapters.redis.incarnation import _fields
from feed_core.adapters.redis.sessions import _read, _seconds
from feed_core.model.errors import InvalidInput
from feed_core.redis_client import Patience, RedisStore

SECRETS = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=12)


def connection(store: RedisStore) -> dict[str, Any]:
    options: dict[str, Any] = store.client.connection_pool.connection_kwargs
    return options


@pytest.mark.parametrize(
    ("url", "host", "port", "db"),
    [
        ("redis://here", "here", 6_379, 0),
        ("redis://here/", "here", 6_379, 0),
        ("redis://here:1/15", "here", 1, 15),
        ("redis://:word@127.0.0.1:65535/007", "127.0.0.1", 65_535, 7),
        ("redis://[::1]:7000/2", "::1", 7_000, 2),
    ],
)
def test_one_server_is_a_host_a_port_and_a_number(url: str, host: str, port: int, db: int) -> None:
    told = connection(open_redis(url))
    assert (told["host"], told["port"], told["db"]) == (host, port, db)


@settings(max_examples=25)
@given(SECRETS)
def test_a_password_may_hold_whatever_is_quoted(secret: str) -> None:
    quoted = "".join(f"%{byte:02x}" for byte in secret.encode())
    assert connection(open_redis(f"redis://:{quoted}@here/0"))["password"] == secret
    assert connection(open_redis(f"redis+sentinel://:{quoted}@here/main"))["password"] == secret


@pytest.mark.parametrize("url", ["redis://here/0", "redis://@here/0", "redis://:@here/0"])
def test_without_a_password_none_is_sent(url: str) -> None:
    assert connection(open_redis(url))["password"] is None


@pytest.mark.parametrize(
    ("query", "key"),
    [("", "loupe:a"), ("?prefix=own", "own:a"), ("?prefix=a&prefix=b", "b:a"), ("?x=1", "loupe:a")],
)
def test_every_key_begins_with_the_prefix(query: str, key: str) -> None:
    assert open_redis(f"redis://here/0{query}").key("a") == key
    assert open_redis(f"redis+sentinel://here/main{query}").key("a") == key


def test_sentinels_are_asked_for_the_primary_by_name_each_at_its_own_port() -> None:
    pool = open_redis("redis+sentinel://:w@one:5,two,[::1]:26380/cache").client.connection_pool
    asked = [each.connection_pool.connection_kwargs for each in pool.sentinel_manager.sentinels]
    assert [(each["host"], each["port"]) for each in asked] == [
        ("one", 5),
        ("two", 26_379),
        ("::1", 26_380),
    ]
    assert {each["password"] for each in asked} == {"w"}
    assert pool.service_name == "cache"


@pytest.mark.parametrize("seconds", [0.25, 1.0, 5.0])
def test_nobody_waits_longer_than_told_and_a_second_at_most_to_connect(seconds: float) -> None:
    told = connection(open_redis("redis://here/0", Patience(seconds, 3)))
    assert (told["socket_timeout"], told["socket_connect_timeout"]) == (seconds, min(1.0, seconds))
    assert told["retry"].get_retries() == 2


@pytest.mark.parametrize(
    "url",
    [
        "", "here", "here:6379", "http://here/0", "redis://", "redis:///0", "redis://here/main", "redis://here/-1",
        "redis://here/0/1", "redis+sentinel://here", "redis+sentinel://here/", "redis+sentinel:///main",
        "rediss://here/0", "//here/0", "rediss://:hidden@here/0", "redis://:hidden@here/main",
        "redis://here:65536/0", "redis://here:x/0", "redis://here:0/0", "redis://here/²", "redis://[::1/0",
        "redis://a,b/0", "redis://here/0?prefix=", "redis+sentinel://here:x/main", "redis+sentinel://:hidden@/main",
        "redis+sentinel://a,/main", "redis+sentinel://a:hidden/main", "redis://:hidden@here℀/0",
    ],
)  # fmt: skip
def test_what_is_no_url_of_redis_is_told_the_two_forms_and_never_its_password(url: str) -> None:
    with pytest.raises(InvalidInput, match="not understood") as caught:
        open_redis(url)
    assert "redis+sentinel://:password@host:port" in caught.value.fix
    assert "hidden" not in "".join(format_exception(caught.value))


@settings(max_examples=25)
@given(st.integers(0, 1 << 50))
def test_a_set_of_sessions_lives_to_the_end_of_the_second_of_its_last(ms: int) -> None:
    assert _seconds(ms) * 1_000 - 1_000 < ms <= _seconds(ms) * 1_000


@pytest.mark.parametrize("body", [None, b"", b"\x00", b"\x02whatever another release wrote"])
def test_a_session_of_another_release_is_unknown(body: bytes | None) -> None:
    assert _read(body) is None


def test_what_a_server_says_of_itself_is_read_line_by_line() -> None:
    said = b"# Server\r\nrun_id:abc\r\nos:Linux: 6\r\n\r\n# Replication\r\nrole:master\r\n"
    assert _fields(said) == {b"run_id": b"abc", b"os": b"Linux: 6", b"role": b"master"}
