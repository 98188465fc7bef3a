"""Batches of client actions that are refused whole: the first event of most is good, so that a batch which
was taken in part would show."""

from typing import Any

from feed_core.api.bodies import MAX_BODY_BYTES
from tests.feed_core.api.bad_values import NO_KEYS, WRONG_KINDS, bodies
from tests.feed_core.api.conftest import NOON
from tests.feed_core.api.test_bad_input import HUGE, JSON, UNKNOWN, Bad, event

PATH = "/v1/events"
GOOD = {"user_id": "{ada}", "post_id": "{post}", "action": "like"}
DEEP = b'{"events": ' + b"[" * 300 + b"]" * 300 + b"}"

VALUES: dict[str, tuple[Any, ...]] = {
    "user_id": (0, "", HUGE, "+1", " 1", "1_0", "\uff11", 1 << 63, -(1 << 63), 1.5, True, None, [], {}),
    "post_id": (0, "", HUGE, "abc", "1.0", "0x1", 1 << 63, 1.5, False, None, [], {}),
    "action": ("", "view", "unhide", "unshare", "Dwell", "like ", "li\x00ke", "x" * 10_000, *WRONG_KINDS),
    "surface": ("s" * 65, "a\x00b", *WRONG_KINDS),
    "position": (-2, 1_000_001, 1 << 70, 1.5, 1e308, "3", True, None, [], {}),
    "decision_id": (0, -1, "x", "", HUGE, 1.5, True, [], {}),
    "value": (1, 0.001, -0.001, "0", "", None, False, [], {}),
    "occurred_at": (
        "", "now", "2026-01-01", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:00+99:00", "1999-12-31T23:59:59Z", "99999-01-01T00:00:00Z", "2026-02-02T02:50:00Z",
        "2069-09-07T00:00:00Z", "2026-01-01T00:00:00\x00Z", "Thu, 01 Jan 2026 00:00:00 GMT", 0, 1.5, [], {},
    ),
    "event_id": ("7",), "userId": ("{ada}",), "author_id": ("{ben}",), "arrived_at": (NOON,),
}  # fmt: skip
"""What no field of a like may be, and fields that there are none of."""
NOBODYS = (
    {"user_id": "{post}"}, {"user_id": UNKNOWN}, {"post_id": "{ada}"}, {"post_id": "{comment}"},
    {"post_id": "{story}"}, {"post_id": "{gone}"},
)  # fmt: skip
"""Ids that are something else's, or of what is deleted."""
NO_BATCHES: tuple[Any, ...] = (
    *WRONG_KINDS, [None], [7], [[]], [[GOOD]], [{}], ["like"], {"0": GOOD}, [GOOD, None], [GOOD] * 501,
    [*[GOOD] * 499, {**GOOD, "post_id": 0}], [{**GOOD, "events": [GOOD]}],
)  # fmt: skip
NO_JSON = (
    b" ", b"[", b"nul", b'{"events": [}', b'{"events": [],}', b"{'events': []}", b'{"events": []} {}', DEEP,
    b'{"events": [{"value": -Infinity}]}', b'{"events": [{"value": 0x10}]}', b'{"events": [{"value": 01}]}',
    b'{"events": [], "events": []}', b'{"events": [{"user_id": 1, "user_id": 2}]}', b'{"a": 1, "\\u0061": 2}',
    b'{"events": [{"surface": "\\ud83d"}]}', b'{"events": [{"surface": "\xe9"}]}', b'\xef\xbb\xbf{}',
    '{"events": []}'.encode("utf-16"), '{"events": []}'.encode("utf-32"), b"\x1f\x8b\x08\x00", b"{}\x00",
)  # fmt: skip
NO_TYPES = (
    None, "text/plain", "text/json", "application/jsonx", "application/x-ndjson", "application/octet-stream",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "*/*", "json", ";",
)  # fmt: skip
NO_TOKENS = ("", "Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer nobody", "Bearer " + "x" * 65, "{ada}")

EVENTS = [
    *bodies("POST", PATH),
    *(Bad(422, "POST", PATH, event(**{field: bad})) for field, wrong in VALUES.items() for bad in wrong),
    *(Bad(422, "POST", PATH, event(action="dwell", value=bad)) for bad in
      (86_400_001, 1 << 70, -1e-9, "1", None)),
    *(Bad(422, "POST", PATH, {"events": [GOOD, {name: GOOD[name] for name in GOOD if name != left}]})
      for left in GOOD),
    *(Bad(404, "POST", PATH, event(**ids)) for ids in NOBODYS),
    Bad(404, "POST", PATH, {"events": [GOOD, {**GOOD, "user_id": "{ben}"}, {**GOOD, "user_id": UNKNOWN}]}),
    *(Bad(422, "POST", PATH, {"events": bad}) for bad in NO_BATCHES),
    *(Bad(422, "POST", PATH, bad) for bad in
      (GOOD, [GOOD], {"events": [GOOD], "more": 1}, {"Events": [GOOD]})),
    Bad(415, "POST", PATH), Bad(422, "POST", PATH, b"", JSON),
    *(Bad(400, "POST", PATH, bad, JSON) for bad in NO_JSON),
    *(Bad(415, "POST", PATH, b'{"events": []}', kind and {"Content-Type": kind}) for kind in NO_TYPES),
    *(Bad(401, "POST", PATH, {"events": [GOOD]}, {"Authorization": bad}) for bad in NO_TOKENS),
    *(Bad(422, "POST", PATH, {"events": [GOOD]}, key) for key in NO_KEYS),
    Bad(413, "POST", PATH, b" " * (MAX_BODY_BYTES + 1), JSON),
    *(Bad(405, method, PATH) for method in ("PUT", "PATCH", "DELETE", "OPTIONS")),
]  # fmt: skip
