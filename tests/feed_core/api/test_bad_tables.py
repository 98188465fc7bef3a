"""Bad input by the table: every group of endpoints, at least sixty cases each, and nothing written."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import HUGE, UNKNOWN, Bad, filled, rows_of

NO_IDS = ("0", "-1", "abc", "1.0", "1e3", "%00", HUGE, "%EF%BC%91", "+1", "1_0")
NO_LIMITS = ("0", "-1", "101", "ten", "1e2", "")
NO_CURSORS = ("x", "%00", "AAAA", "x" * 501, "eyJhIjoxfQ")
WRONG_KINDS: tuple[Any, ...] = (None, 7, True, 1.5, [], {}, ["a"])
"""What no text may be."""
NO_KEYS = ({"Idempotency-Key": ""}, {"Idempotency-Key": "has space"}, {"Idempotency-Key": "k" * 201})


MEDIA_FIELDS: dict[str, tuple[Any, ...]] = {
    "file_size": (-1, (1 << 40) + 1, "9", 1.5, None), "format": ("x" * 11, "a\x00b", 7, None),
    "width": (100_001, -1), "duration_ms": (86_400_001,), "media_id": ("7",), "thumbnail_url": ("t.jpg",),
}  # fmt: skip


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


ACCOUNTS = [
    *ids("GET", "/v1/users/*"), *ids("GET", "/v1/users/*/stats"), *ids("PATCH", "/v1/users/*", {"bio": "x"}),
    *ids("DELETE", "/v1/users/*"), *ids("PUT", "/v1/users/*/verified"),
    *ids("GET", "/v1/users/*/settings"), *ids("GET", "/v1/users/*/sessions"),
    *texts("PATCH", "/v1/users/{ada}", {}, "bio", 500, none=True),
    *texts("PATCH", "/v1/users/{ada}", {}, "full_name", 100, none=True),
    *texts("PATCH", "/v1/users/{ada}", {}, "website", 255, none=True),
    *texts("POST", "/v1/users", {}, "username", 30), *flags("PATCH", "/v1/users/{ada}", "private"),
    *flags("PATCH", "/v1/users/{ada}/settings", "notify_likes"),
    *bodies("PATCH", "/v1/users/{ada}"), *bodies("PATCH", "/v1/users/{ada}/settings"),
    Bad(422, "PATCH", "/v1/users/{ada}", {"website": "javascript:alert(1)"}),
    Bad(422, "PATCH", "/v1/users/{ada}", {"username": "eve"}),
    Bad(422, "PATCH", "/v1/users/{ada}", {"verified": True}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "email": "e@b.example"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "password": "long enough"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "email": "no", "password": "long enough"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "phone": "123", "password": "long enough"}),
    Bad(401, "POST", "/v1/sessions", {"login": "nobody", "password": "wrong"}),
    Bad(422, "POST", "/v1/sessions", {"login": "", "password": "wrong"}),
    Bad(401, "DELETE", "/v1/sessions/current"), Bad(422, "DELETE", "/v1/users/{ada}/sessions/xyz"),
    Bad(422, "PATCH", "/v1/users/{ada}/settings", {"language": "xx"}),
    Bad(422, "PATCH", "/v1/users/{ada}/settings", {"muted_words": [""]}),
    Bad(422, "PATCH", "/v1/users/{ada}/settings", {"muted_words": ["x"] * 201}),
]  # fmt: skip
POSTS = [
    *ids("GET", "/v1/posts/*"), *ids("GET", "/v1/posts/*/counts"), *ids("GET", "/v1/users/*/posts"),
    *ids("DELETE", "/v1/posts/*?author_id={ben}"), *ids("POST", "/v1/posts/*/restore?author_id={ben}"),
    *ids("PATCH", "/v1/posts/*", {"author_id": "{ben}", "caption": "x"}),
    *ids("GET", "/v1/users/*/deleted-posts"), *pages("/v1/users/{ben}/posts"),
    *texts("POST", "/v1/posts", {"author_id": "{ada}"}, "caption", 2_200),
    *texts("POST", "/v1/posts", {"author_id": "{ada}"}, "place", 200),
    *bodies("POST", "/v1/posts"), Bad(404, "GET", "/v1/posts/{gone}"),
    Bad(404, "POST", "/v1/posts/{post}/restore?author_id={ben}"),
    Bad(404, "POST", "/v1/posts/{gone}/restore?author_id={ada}"),
    Bad(422, "POST", "/v1/posts/{gone}/restore"), Bad(403, "GET", "/v1/users/{pia}/posts"),
]  # fmt: skip
GRAPH = [
    *ids("PUT", "/v1/users/*/following/{ben}"), *ids("PUT", "/v1/users/{ada}/following/*"),
    *ids("PUT", "/v1/users/{ada}/blocks/*"), *ids("DELETE", "/v1/users/{ada}/mutes/*"),
    *ids("PUT", "/v1/users/{pia}/follow-requests/*"), *ids("DELETE", "/v1/users/{pia}/follow-requests/*"),
    *ids("DELETE", "/v1/users/{ada}/requested/*"), *ids("DELETE", "/v1/users/{ada}/followers/*"),
    *ids("GET", "/v1/users/*/follow-requests"), *pages("/v1/users/{ada}/followers", cursors=("x", "-1")),
    *pages("/v1/users/{ada}/requested", cursors=("x", "0")),
    Bad(404, "PUT", "/v1/users/{pia}/follow-requests/{ben}"),
    Bad(404, "PUT", "/v1/users/{ben}/follow-requests/{ada}"),
    Bad(403, "GET", "/v1/users/{pia}/followers"),
    Bad(403, "GET", "/v1/users/{pia}/following?reader_id={ben}"),
]  # fmt: skip
ENGAGEMENT = [
    *(bad for noun in ("likes", "saves", "shares", "hides", "reports")
      for bad in (*ids("PUT", f"/v1/posts/*/{noun}/{{ada}}"),
                  Bad(404, "PUT", f"/v1/posts/{{gone}}/{noun}/{{ada}}"))),
    *ids("PUT", "/v1/posts/{post}/likes/*"), *ids("GET", "/v1/posts/*/likes"),
    *pages("/v1/users/{ada}/saves"), *pages("/v1/users/{ada}/likes"), *bodies("POST", "/v1/events"),
]  # fmt: skip
COMMENTS = [
    *ids("GET", "/v1/posts/*/comments"), *ids("DELETE", "/v1/comments/*?user_id={ada}"),
    *ids("PUT", "/v1/comments/*/likes/{ada}"), *ids("PUT", "/v1/comments/{comment}/likes/*"),
    *ids("POST", "/v1/posts/*/comments", {"user_id": "{ada}", "text": "x"}),
    *pages("/v1/posts/{post}/comments"), *bodies("POST", "/v1/posts/{post}/comments"),
    *texts("POST", "/v1/posts/{post}/comments", {"user_id": "{ada}"}, "text", 2_200),
    Bad(422, "GET", "/v1/posts/{post}/comments?thread=down"), Bad(404, "GET", "/v1/posts/{gone}/comments"),
    Bad(404, "POST", "/v1/posts/{post}/comments", {"user_id": "{ada}", "text": "x", "parent_id": UNKNOWN}),
    Bad(404, "POST", "/v1/posts/{gone}/comments", {"user_id": "{ada}", "text": "x"}),
    Bad(403, "DELETE", "/v1/comments/{comment}?user_id={cam}"),
]  # fmt: skip
STORY = {"media": {"url": "s.jpg"}}
STORIES = [
    *ids("GET", "/v1/users/*/stories"), *ids("POST", "/v1/users/*/stories", STORY),
    *ids("DELETE", "/v1/users/{ben}/stories/*"), *ids("PUT", "/v1/users/{ben}/stories/*/views/{ada}"),
    *ids("PUT", "/v1/users/{ben}/stories/{story}/views/*"), *ids("GET", "/v1/users/{ben}/stories/*/views"),
    *ids("GET", "/v1/users/*/story-tray"), *bodies("POST", "/v1/users/{ada}/stories"),
    *texts("POST", "/v1/users/{ada}/stories", STORY, "caption", 500),
    *(Bad(422, "POST", "/v1/users/{ada}/stories", {"media": bad}) for bad in
      (None, [], "s.jpg", {}, {"url": ""}, {"url": "x" * 3_000}, {"url": "s", "width": -1},
       {"url": "s", "media_type": "gif"}, {"url": "s", "duration_ms": "9"}, {"url": "s", "x": 1})),
    Bad(404, "DELETE", "/v1/users/{ada}/stories/{story}"), Bad(403, "GET", "/v1/users/{pia}/stories"),
]  # fmt: skip
NOTIFICATIONS = [
    *ids("GET", "/v1/users/*/notifications"), *ids("GET", "/v1/users/*/notifications/unread"),
    *ids("PUT", "/v1/users/*/notifications/read", {}), *pages("/v1/users/{ada}/notifications"),
    *bodies("PUT", "/v1/users/{ada}/notifications/read"),
    *(Bad(422, "PUT", "/v1/users/{ada}/notifications/read", {"up_to": bad}) for bad in
      (0, -1, "abc", 1.5, True, [], {}, HUGE, UNKNOWN, "")),
]  # fmt: skip
MEDIA = [
    *ids("GET", "/v1/posts/*/media"), *ids("GET", "/v1/media/*"), *ids("GET", "/v1/users/*/media"),
    *pages("/v1/users/{ada}/media", cursors=("x", "-1", "0", "%00", HUGE)),
    *(Bad(422, "GET", f"/v1/{noun}?reader_id={bad}") for noun in ("posts/{post}/media", "media/1")
      for bad in NO_IDS),
    Bad(404, "GET", "/v1/posts/{gone}/media"), Bad(404, "GET", "/v1/media/1"), Bad(404, "GET", "/v1/media"),
    *(Bad(405, method, "/v1/media/1") for method in ("POST", "PUT", "PATCH", "DELETE")),
    *(Bad(422, "POST", "/v1/posts", {"author_id": "{ada}", "media": [{"url": "m", field: bad}]})
      for field, wrong in MEDIA_FIELDS.items() for bad in wrong),
]  # fmt: skip
PLACES = [
    *(Bad(422, "GET", f"/v1/places/{bad}/posts") for bad in ("", "x" * 201, "%00", "a%00b", "%C3%A3" * 201)),
    *(bad for place in ("Hove", "S%C3%A3o%20Paulo", "a%2Fb", "nowhere")
      for bad in pages(f"/v1/places/{place}/posts")),
    *(Bad(422, "GET", f"/v1/places/Hove/posts?reader_id={bad}") for bad in NO_IDS),
    *(Bad(405, method, "/v1/places/Hove/posts") for method in ("POST", "PUT", "PATCH", "DELETE")),
    *(Bad(404, "GET", f"/v1/places{rest}") for rest in ("", "/Hove", "/Hove/people", "/posts")),
]  # fmt: skip
TIMELINES = [
    *ids("GET", "/v1/timeline/*"), *pages("/v1/timeline/{ada}"),
    *(Bad(422, "GET", f"/v1/timeline/{{{who}}}?cursor={number}~{text}&limit={limit}")
      for who in ("ada", "ben", "cam") for number in ("0", "5", "1234567", "-1") for text in ("x", "AAAA", "")
      for limit in ("1", "20")),
]  # fmt: skip
GROUPS = {
    "accounts": ACCOUNTS, "posts": POSTS, "graph": GRAPH, "engagement": ENGAGEMENT, "comments": COMMENTS,
    "media": MEDIA, "places": PLACES, "stories": STORIES, "notifications": NOTIFICATIONS,
    "timelines": TIMELINES,
}  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_refuses_all_of_its_cases_and_writes_nothing(group: str, shared_world: World) -> None:
    assert len({str(case) for case in GROUPS[group]}) >= 60
    before = state(shared_world)
    wrong = [told for case in GROUPS[group] if (told := refusal(shared_world, case, before))]
    assert not wrong, "\n".join(wrong[:20])


def refusal(world: World, case: Bad, before: dict[str, Any]) -> str:
    """What is wrong with the answer to ``case``; "" when it is refused as it should be."""
    body = {"content": case.body} if isinstance(case.body, bytes) else {"json": filled(case.body, world)}
    if case.body is None:
        body = {}
    answer = world.api.request(case.method, filled(case.path, world), headers=case.headers, **body)
    shape = answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == case.status and shape and state(world) == before:
        return ""
    return f"{case} → {answer.status_code} {answer.text[:200]} (nothing written: {state(world) == before})"


def state(world: World) -> dict[str, Any]:
    """All rows but those of rate limits, which count what fails."""
    return {name: rows for name, rows in rows_of(world.home) if "rate_limits" not in name}
