"""Servers are told by host and port; what is neither is refused before anything asks for it."""

from urllib.parse import urlsplit

import pytest

from feed_core.addresses import addresses, split_url


def test_servers_have_a_host_and_may_have_a_port() -> None:
    told = [("a", None), ("b-1.example", 1), ("127.0.0.1", 65_535), ("::1", None), ("fe80::2", 9_042)]
    assert addresses("a,b-1.example:1,127.0.0.1:65535,[::1],[fe80::2]:9042") == told


@pytest.mark.parametrize(
    "places",
    [
        "",
        ",",
        "a,",
        ":1",
        "a:0",
        "a:65536",
        "a:-1",
        "a:x",
        "a:²",
        "a:1:2",
        "::1",
        "[::1",
        "name@a",
        "name:word@a",
    ],
)
def test_anything_else_is_refused(places: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        addresses(places)


@pytest.mark.parametrize(
    "url",
    [
        "", "a", "//a/b", "redis://", "redis://a", "redis://a/0?x=1#y", "redis://:w@[::1]:5/0", "redis://a?x=1",
        "redis://a#y", "redis+sentinel://:w%2F@a:1,b/main?prefix=c://d", "kafka:a/b",
    ],
)  # fmt: skip
def test_a_url_is_split_as_by_python(url: str) -> None:
    parts = urlsplit(url)
    assert split_url(url) == (parts if "://" in url else parts._replace(netloc=""))


def test_a_bracket_may_stand_at_any_of_several_servers() -> None:
    assert split_url("kafka://a:1,[::1]:2/own?replicas=2") == (
        "kafka",
        "a:1,[::1]:2",
        "/own",
        "replicas=2",
        "",
    )
