"""What the tables of bad input are made of: wrong values, and the cases that follow from a kind of field."""

from collections.abc import Iterator
from typing import Any

from tests.feed_core.api.test_bad_input import HUGE, UNKNOWN, Bad

NO_IDS = ("0", "-1", "abc", "1.0", "1e3", "%00", HUGE, "%EF%BC%91", "+1", "1_0")
NO_LIMITS = ("0", "-1", "101", "ten", "1e2", "")
NO_CURSORS = ("x", "%00", "AAAA", "x" * 501, "eyJhIjoxfQ")
WRONG_KINDS: tuple[Any, ...] = (None, 7, True, 1.5, [], {}, ["a"])
"""What no text may be."""
NO_KEYS = ({"Idempotency-Key": ""}, {"Idempotency-Key": "has space"}, {"Idempotency-Key": "k" * 201})


def ids(method: str, path: str, body: Any = None) -> Iterator[Bad]:
    """``path`` with ``*`` in place of one id: what is no id, and nobody's."""
    for bad in NO_IDS:
        yield Bad(422, method, path.replace("*", bad), body)
    yield Bad(404, method, path.replace("*", UNKNOWN), body)


def pages(path: str, *, cursors: tuple[str, ...] = NO_CURSORS) -> Iterator[Bad]:
    """Limits and cursors that are none, and a parameter that nobody knows of."""
    yield from (Bad(422, "GET", f"{path}?limit={bad}") for bad in NO_LIMITS)
    yield from (Bad(422, "GET", f"{path}?cursor={bad}") for bad in cursors)


def texts(
    method: str, path: str, body: dict[str, Any], field: str, most: int, *, none: bool = False
) -> Iterator[Bad]:
    """A text field that is too long, of another kind, or cannot be stored. ``none``: null is allowed."""
    yield Bad(422, method, path, {**body, field: "x" * (most + 1)})
    yield Bad(422, method, path, {**body, field: "a\x00b"})
    for bad in WRONG_KINDS:
        if bad is not None or not none:
            yield Bad(422, method, path, {**body, field: bad})


def flags(method: str, path: str, field: str) -> Iterator[Bad]:
    yield from (Bad(422, method, path, {field: bad}) for bad in ("true", 1, 0, "no", [], {}, 1.5))


def bodies(method: str, path: str) -> Iterator[Bad]:
    """Bodies that are none."""
    json = {"Content-Type": "application/json"}
    yield from (Bad(422, method, path, bad) for bad in ([], "text", 7, {"unknown": 1}))
    yield Bad(400, method, path, b"{", json)
    yield Bad(400, method, path, b"\xff", json)
    yield Bad(415, method, path, b"{}", {"Content-Type": "text/plain"})
    yield from (Bad(422, method, path, {}, key) for key in NO_KEYS)
