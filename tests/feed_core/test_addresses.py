"""Servers are told by host and port; what is neither is refused before anything asks for it."""

import pytest

from feed_core.addresses import addresses


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
