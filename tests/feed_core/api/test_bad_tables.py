"""Bad input by the table: every group of endpoints, at least sixty cases each, and nothing written."""

from collections import defaultdict
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import APIRouter
from starlette.routing import Match

from feed_core.api.routers import ROUTERS
from tests.feed_core.api.bad_events import EVENTS
from tests.feed_core.api.bad_sessions import SESSIONS, SETTINGS
from tests.feed_core.api.bad_values import NO_IDS, NO_KEYS, bodies, flags, ids, pages, texts
from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import CASES, HUGE, UNKNOWN, Bad, filled
from tests.feed_core.api.written_rows import WrittenRows

MEDIA_FIELDS: dict[str, tuple[Any, ...]] = {
    "file_size": (-1, (1 << 40) + 1, "9", 1.5, None), "format": ("x" * 11, "a\x00b", 7, None),
    "width": (100_001, -1), "duration_ms": (86_400_001,), "media_id": ("7",), "thumbnail_url": ("t.jpg",),
}  # fmt: skip
ACCOUNTS = [
    *ids("GET", "/v1/users/*"), *ids("GET", "/v1/users/*/stats"), *ids("PATCH", "/v1/users/*", {"bio": "x"}),
    *ids("DELETE", "/v1/users/*"), *ids("PUT", "/v1/users/*/verified"),
    *texts("PATCH", "/v1/users/{ada}", {}, "bio", 500, none=True),
    *texts("PATCH", "/v1/users/{ada}", {}, "full_name", 100, none=True),
    *texts("PATCH", "/v1/users/{ada}", {}, "website", 255, none=True),
    *texts("POST", "/v1/users", {}, "username", 30), *flags("PATCH", "/v1/users/{ada}", "private"),
    *bodies("PATCH", "/v1/users/{ada}"),
    Bad(422, "PATCH", "/v1/users/{ada}", {"website": "javascript:alert(1)"}),
    Bad(422, "PATCH", "/v1/users/{ada}", {"username": "eve"}),
    Bad(422, "PATCH", "/v1/users/{ada}", {"verified": True}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "email": "e@b.example"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "password": "long enough"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "email": "no", "password": "long enough"}),
    Bad(422, "POST", "/v1/users", {"username": "eve", "phone": "123", "password": "long enough"}),
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
    *ids("DELETE", "/v1/users/{ada}/followers/*"),
    *pages("/v1/users/{ada}/followers", cursors=("x", "-1")),
    Bad(403, "GET", "/v1/users/{pia}/followers"),
    Bad(403, "GET", "/v1/users/{pia}/following?reader_id={ben}"),
]  # fmt: skip
ASKED, SENT = "/v1/users/{pia}/follow-requests", "/v1/users/{ada}/requested"
REQUESTS = [
    *ids("PUT", f"{ASKED}/*"), *ids("DELETE", f"{ASKED}/*"), *ids("DELETE", f"{SENT}/*"),
    *ids("GET", "/v1/users/*/follow-requests"), *ids("GET", "/v1/users/*/requested"),
    *ids("PUT", "/v1/users/*/follow-requests/{ada}"), *ids("DELETE", "/v1/users/*/requested/{pia}"),
    *pages(ASKED, cursors=("x", "-1")), *pages(SENT, cursors=("x", "0")),
    *(Bad(422, method, path, None, key) for key in NO_KEYS for method, path in
      (("PUT", f"{ASKED}/{{ada}}"), ("DELETE", f"{ASKED}/{{ada}}"), ("DELETE", f"{SENT}/{{pia}}"))),
    *(Bad(405, method, path) for path in (ASKED, SENT) for method in ("POST", "PUT", "PATCH")),
    Bad(404, "PUT", "/v1/users/{pia}/follow-requests/{ben}"),
    Bad(404, "DELETE", "/v1/users/{pia}/follow-requests/{cam}"),
    Bad(404, "PUT", "/v1/users/{ben}/follow-requests/{ada}"),
]  # fmt: skip
ENGAGEMENT = [
    *(bad for noun in ("likes", "saves", "shares", "hides", "reports")
      for bad in (*ids("PUT", f"/v1/posts/*/{noun}/{{ada}}"),
                  Bad(404, "PUT", f"/v1/posts/{{gone}}/{noun}/{{ada}}"))),
    *ids("PUT", "/v1/posts/{post}/likes/*"), *ids("GET", "/v1/posts/*/likes"),
    *pages("/v1/users/{ada}/saves"), *pages("/v1/users/{ada}/likes"),
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
    "accounts": ACCOUNTS, "sessions": SESSIONS, "settings": SETTINGS, "posts": POSTS, "graph": GRAPH,
    "requests": REQUESTS, "engagement": ENGAGEMENT, "events": EVENTS, "comments": COMMENTS, "media": MEDIA,
    "places": PLACES, "stories": STORIES, "notifications": NOTIFICATIONS, "timelines": TIMELINES,
}  # fmt: skip
EVERY = {str(case): case for table in (CASES, *GROUPS.values()) for case in table}
"""Every case of the tables, once."""
LEAST = 60
"""Cases that each router has, without those that are made from the OpenAPI document."""


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_refuses_all_of_its_cases_and_writes_nothing(
    group: str, shared_world: World, shared_rows: WrittenRows
) -> None:
    wrong = [told for case in GROUPS[group] if (told := refusal(shared_world, case, shared_rows))]
    assert not wrong, "\n".join(wrong[:20])


def test_every_router_has_at_least_sixty_cases() -> None:
    sizes: dict[str, int] = defaultdict(int)
    for case in EVERY.values():
        sizes[router_of(case)] += 1
    few = {name: sizes[name] for router in ROUTERS if sizes[name := name_of(router)] < LEAST}
    assert not few


def name_of(router: APIRouter) -> str:
    """Its tag, which no other router has."""
    return str(*router.tags)


def router_of(case: Bad) -> str:
    """The router whose path the case asks; "" for a path that no router has."""
    asked = {"type": "http", "path": unquote(case.path.partition("?")[0]), "method": case.method}
    found = [
        (route.matches(asked)[0].value, name_of(router)) for router in ROUTERS for route in router.routes
    ]
    match, name = max(found, key=lambda one: one[0])
    return name if match is not Match.NONE.value else ""


def refusal(world: World, case: Bad, rows: WrittenRows) -> str:
    """What is wrong with the answer to ``case``; "" when it is refused as it should be."""
    before = rows.now()
    answer = sent(world, case)
    shape = answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == case.status and shape and rows.now() == before:
        return ""
    return f"{case} → {answer.status_code} {answer.text[:200]} (nothing written: {rows.now() == before})"


def sent(world: World, case: Bad) -> httpx.Response:
    """The answer to the case in a world."""
    body = {"content": case.body} if isinstance(case.body, bytes) else {"json": filled(case.body, world)}
    if case.body is None:
        body = {}
    return world.api.request(case.method, filled(case.path, world), headers=case.headers, **body)
