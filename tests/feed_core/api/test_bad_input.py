"""Bad input in every group of endpoints: the right status, the one shape, and nothing written."""

from typing import Any, NamedTuple

import pytest

from feed_core.api.bodies import MAX_BODY_BYTES
from tests.feed_core.api.conftest import NAMES, World
from tests.feed_core.api.written_rows import rows_of

JSON = {"Content-Type": "application/json"}
HUGE = "9" * 19
UNKNOWN = "4611686018427387904"
DEEP = b'{"username":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

OVERFLOW = b'{"events": [{"user_id": 1, "post_id": 1, "action": "dwell", "value": 1e999}]}'


class Bad(NamedTuple):
    """One request: ``{ada}``, ``{ben}``, ``{post}`` and ``{comment}`` are filled in."""

    status: int
    method: str
    path: str
    body: Any = None
    headers: Any = None


def user(**fields: Any) -> dict[str, Any]:
    return {"username": "new", **fields}


def post(**fields: Any) -> dict[str, Any]:
    return {"author_id": "{ada}", "caption": "hello", **fields}


def comment(**fields: Any) -> dict[str, Any]:
    return {"user_id": "{ada}", "text": "hello", **fields}


def event(**fields: Any) -> dict[str, Any]:
    one = {"user_id": "{ada}", "post_id": "{post}", "action": "like", **fields}
    return {"events": [{"user_id": "{ada}", "post_id": "{post}", "action": "dwell", "value": 5}, one]}


def media(**fields: Any) -> dict[str, Any]:
    return post(media=[{"url": "a.jpg", **fields}])


USERS = [
    Bad(422, "POST", "/v1/users", {}),
    Bad(422, "POST", "/v1/users", []),
    Bad(422, "POST", "/v1/users", "ada"),
    Bad(422, "POST", "/v1/users", None, JSON),
    Bad(409, "POST", "/v1/users", user(username="ada")),
    Bad(422, "POST", "/v1/users", user(username="")),
    Bad(422, "POST", "/v1/users", user(username="a" * 10_000)),
    Bad(422, "POST", "/v1/users", user(username="A b")),
    Bad(422, "POST", "/v1/users", user(username="a\x00b")),
    Bad(422, "POST", "/v1/users", user(username=7)),
    Bad(422, "POST", "/v1/users", user(username=None)),
    Bad(422, "POST", "/v1/users", user(full_name="x" * 10_000)),
    Bad(422, "POST", "/v1/users", user(full_name="a\x00b")),
    Bad(422, "POST", "/v1/users", user(bio="x" * 10_000)),
    Bad(422, "POST", "/v1/users", user(is_admin=True)),
    Bad(400, "POST", "/v1/users", b'{"username": "new"', JSON),
    Bad(400, "POST", "/v1/users", b"\xff\xfe", JSON),
    Bad(400, "POST", "/v1/users", b'{"username": "\\ud800"}', JSON),
    Bad(400, "POST", "/v1/users", DEEP, JSON),
    Bad(415, "POST", "/v1/users", b'{"username": "new"}', {"Content-Type": "text/plain"}),
    Bad(415, "POST", "/v1/users", b"username=new", {"Content-Type": "application/x-www-form-urlencoded"}),
    Bad(415, "POST", "/v1/users", b'{"username": "new"}'),
    Bad(413, "POST", "/v1/users", user(bio="x" * MAX_BODY_BYTES)),
    Bad(400, "POST", "/v1/users", b'{"username": "one", "username": "two"}', JSON),
    Bad(400, "POST", "/v1/users", b'{"username": "one"}\x00', JSON),
    Bad(400, "POST", "/v1/users", '{"username": "one"}'.encode("utf-16"), JSON),
    Bad(422, "POST", "/v1/users", user(username="new\n")),
    Bad(431, "POST", "/v1/users", user(), {f"X-{n}": "flood" for n in range(100)}),
    Bad(431, "POST", "/v1/users", user(), {"X-Flood": "x" * 40_000}),
    Bad(422, "POST", "/v1/users", user(), [("Idempotency-Key", "one"), ("Idempotency-Key", "two")]),
    Bad(422, "POST", "/v1/users", user(), {"Idempotency-Key": ""}),
    Bad(422, "POST", "/v1/users", user(), {"Idempotency-Key": b"\xff\xfe"}),
    Bad(422, "POST", "/v1/users", user(), {"Idempotency-Key": "k" * 201}),
    Bad(422, "POST", "/v1/users", user(), {"Idempotency-Key": "has space"}),
    Bad(404, "GET", f"/v1/users/{UNKNOWN}"),
    Bad(422, "GET", "/v1/users/0"),
    Bad(422, "GET", "/v1/users/-1"),
    Bad(422, "GET", "/v1/users/ada"),
    Bad(422, "GET", "/v1/users/1_000"),
    Bad(422, "GET", "/v1/users/1.0"),
    Bad(422, "GET", "/v1/users/%EF%BC%91"),
    Bad(422, "GET", f"/v1/users/{HUGE}"),
    Bad(422, "GET", f"/v1/users/{'9' * 5000}"),
    Bad(422, "GET", "/v1/users/%00"),
    Bad(404, "GET", f"/v1/users/{UNKNOWN}/stats"),
    Bad(404, "GET", "/v1/usernames/nobody"),
    Bad(422, "GET", "/v1/usernames/a%00b"),
    Bad(422, "GET", "/v1/usernames/" + "a" * 1000),
    Bad(422, "GET", "/v1/users?limit=0"),
    Bad(422, "GET", "/v1/users?limit=101"),
    Bad(422, "GET", "/v1/users?limit=ten"),
    Bad(422, "GET", "/v1/users?cursor=xyz"),
    Bad(422, "GET", "/v1/users?page=2"),
    Bad(405, "PATCH", "/v1/users", {}),
    Bad(405, "PUT", "/v1/users/{ada}", {}),
]
RELATIONS = [
    Bad(404, "PUT", f"/v1/users/{{ada}}/following/{UNKNOWN}"),
    Bad(404, "PUT", f"/v1/users/{UNKNOWN}/following/{{ada}}"),
    Bad(422, "PUT", "/v1/users/{ada}/following/{ada}"),
    Bad(422, "PUT", "/v1/users/{ada}/following/-5"),
    Bad(422, "PUT", f"/v1/users/{{ada}}/following/{HUGE}"),
    Bad(422, "PUT", "/v1/users/{ada}/following/{ben}?position=-2"),
    Bad(422, "PUT", "/v1/users/{ada}/following/{ben}?surface=" + "s" * 500),
    Bad(422, "PUT", "/v1/users/{ada}/following/{ben}?decision_id=x"),
    Bad(404, "DELETE", f"/v1/users/{{ada}}/following/{UNKNOWN}"),
    Bad(422, "PUT", "/v1/users/{ada}/blocks/{ada}"),
    Bad(404, "PUT", f"/v1/users/{{ada}}/blocks/{UNKNOWN}"),
    Bad(422, "PUT", "/v1/users/{ada}/mutes/{ada}"),
    Bad(404, "PUT", f"/v1/users/{{ada}}/mutes/{UNKNOWN}"),
    Bad(404, "GET", f"/v1/users/{UNKNOWN}/following"),
    Bad(404, "GET", f"/v1/users/{UNKNOWN}/followers"),
    Bad(422, "GET", "/v1/users/{ada}/followers?cursor=-1"),
    Bad(422, "GET", "/v1/users/{ada}/blocks?limit=1e9"),
    Bad(404, "GET", "/v1/users/{ada}/friends"),
]
POSTS = [
    Bad(404, "POST", "/v1/posts", post(author_id=UNKNOWN)),
    Bad(422, "POST", "/v1/posts", post(author_id=-1)),
    Bad(422, "POST", "/v1/posts", post(author_id=0)),
    Bad(422, "POST", "/v1/posts", post(author_id=1.5)),
    Bad(422, "POST", "/v1/posts", post(author_id=True)),
    Bad(422, "POST", "/v1/posts", post(author_id=10**30)),
    Bad(422, "POST", "/v1/posts", {"caption": "nobody"}),
    Bad(422, "POST", "/v1/posts", post(hashtags=["x" * 10_000])),
    Bad(422, "POST", "/v1/posts", post(caption="#" + "x" * 10_000)),
    Bad(422, "POST", "/v1/posts", post(hashtags="sunrise")),
    Bad(422, "POST", "/v1/posts", post(hashtags=[""])),
    Bad(422, "POST", "/v1/posts", post(hashtags=["a\x00"])),
    Bad(422, "POST", "/v1/posts", post(hashtags=["two words"])),
    Bad(422, "POST", "/v1/posts", post(hashtags=[f"tag{n}" for n in range(1000)])),
    Bad(422, "POST", "/v1/posts", post(caption="x" * 100_000)),
    Bad(422, "POST", "/v1/posts", post(caption="a\x00b")),
    Bad(422, "POST", "/v1/posts", post(place="x" * 10_000)),
    Bad(404, "POST", "/v1/posts", post(mentions=[UNKNOWN])),
    Bad(422, "POST", "/v1/posts", post(mentions=["ada"])),
    Bad(422, "POST", "/v1/posts", media(media_type="hologram")),
    Bad(422, "POST", "/v1/posts", media(width=-1)),
    Bad(422, "POST", "/v1/posts", media(width=10**12)),
    Bad(422, "POST", "/v1/posts", media(duration_ms="long")),
    Bad(422, "POST", "/v1/posts", media(url="")),
    Bad(422, "POST", "/v1/posts", media(url="x" * 100_000)),
    Bad(422, "POST", "/v1/posts", media(width="1080")),
    Bad(422, "POST", "/v1/posts", media(width=True)),
    Bad(400, "POST", "/v1/posts", b'{"author_id": 1, "media": [{"url": "a", "url": "b"}]}', JSON),
    Bad(400, "POST", "/v1/posts", b'{"author_id": ' + b"9" * 5000 + b"}", JSON),
    Bad(422, "POST", "/v1/posts", post(media=[{"url": "a"}] * 1000)),
    Bad(422, "POST", "/v1/posts", post(post_id="7")),
    Bad(404, "GET", f"/v1/posts/{UNKNOWN}"),
    Bad(422, "GET", "/v1/posts/{post}?reader_id=-1"),
    Bad(404, "GET", f"/v1/posts/{UNKNOWN}/counts"),
    Bad(404, "PATCH", f"/v1/posts/{UNKNOWN}", {"author_id": "{ben}", "caption": "x"}),
    Bad(403, "PATCH", "/v1/posts/{post}", {"author_id": "{ada}", "caption": "mine now"}),
    Bad(422, "PATCH", "/v1/posts/{post}", {"caption": "x"}),
    Bad(422, "PATCH", "/v1/posts/{post}", {"author_id": "{ben}", "hashtags": ["x" * 10_000]}),
    Bad(403, "DELETE", "/v1/posts/{post}?author_id={ada}"),
    Bad(404, "DELETE", f"/v1/posts/{UNKNOWN}?author_id={{ben}}"),
    Bad(422, "DELETE", "/v1/posts/{post}"),
    Bad(404, "GET", f"/v1/users/{UNKNOWN}/posts"),
    Bad(422, "GET", "/v1/users/{ben}/posts?cursor=%00"),
    Bad(422, "GET", "/v1/users/{ben}/posts?cursor=not-a-cursor"),
]
REACTIONS = [
    Bad(404, "PUT", f"/v1/posts/{UNKNOWN}/likes/{{ada}}"),
    Bad(404, "PUT", f"/v1/posts/{{post}}/likes/{UNKNOWN}"),
    Bad(422, "PUT", "/v1/posts/{post}/likes/-7"),
    Bad(404, "PUT", "/v1/posts/{post}/claps/{ada}"),
    Bad(405, "DELETE", "/v1/posts/{post}/shares/{ada}"),
    Bad(404, "DELETE", f"/v1/posts/{UNKNOWN}/saves/{{ada}}"),
    Bad(422, "PUT", "/v1/posts/{post}/likes/{ada}?position=nan"),
    Bad(404, "GET", f"/v1/posts/{UNKNOWN}/likes"),
    Bad(422, "GET", "/v1/posts/{post}/likes?cursor=a"),
]
COMMENTS = [
    Bad(404, "POST", f"/v1/posts/{UNKNOWN}/comments", comment()),
    Bad(404, "POST", "/v1/posts/{post}/comments", comment(user_id=UNKNOWN)),
    Bad(422, "POST", "/v1/posts/{post}/comments", comment(text="")),
    Bad(422, "POST", "/v1/posts/{post}/comments", comment(text="x" * 100_000)),
    Bad(422, "POST", "/v1/posts/{post}/comments", comment(text="a\x00")),
    Bad(422, "POST", "/v1/posts/{post}/comments", comment(text=["a"])),
    Bad(404, "POST", "/v1/posts/{post}/comments", comment(parent_id=UNKNOWN)),
    Bad(422, "POST", "/v1/posts/{post}/comments", comment(parent_id="x")),
    Bad(403, "DELETE", "/v1/comments/{comment}?user_id={cam}"),
    Bad(404, "DELETE", f"/v1/comments/{UNKNOWN}?user_id={{ada}}"),
    Bad(422, "DELETE", "/v1/comments/{comment}"),
    Bad(404, "GET", f"/v1/posts/{UNKNOWN}/comments"),
    Bad(422, "GET", "/v1/posts/{post}/comments?cursor=zzz"),
]
EVENTS = [
    Bad(422, "POST", "/v1/events", {"events": []}),
    Bad(422, "POST", "/v1/events", {"events": event()["events"] * 251}),
    Bad(422, "POST", "/v1/events", event(action="impression")),
    Bad(422, "POST", "/v1/events", event(action="comment")),
    Bad(422, "POST", "/v1/events", event(action="follow")),
    Bad(422, "POST", "/v1/events", event(action="LIKE")),
    Bad(404, "POST", "/v1/events", event(post_id=UNKNOWN)),
    Bad(404, "POST", "/v1/events", event(user_id=UNKNOWN)),
    Bad(422, "POST", "/v1/events", event(post_id=-1)),
    Bad(422, "POST", "/v1/events", event(value=-1)),
    Bad(422, "POST", "/v1/events", event(value="long")),
    Bad(422, "POST", "/v1/events", event(value=1e308)),
    Bad(422, "POST", "/v1/events", event(value="5")),
    Bad(422, "POST", "/v1/events", event(value="NaN")),
    Bad(422, "POST", "/v1/events", event(value=True)),
    Bad(422, "POST", "/v1/events", OVERFLOW, JSON),
    Bad(422, "POST", "/v1/events", event(position="3")),
    Bad(400, "POST", "/v1/events", b'{"events": [{"value": NaN}]}', JSON),
    Bad(400, "POST", "/v1/events", b'{"events": [{"value": Infinity}]}', JSON),
    Bad(422, "POST", "/v1/events", event(occurred_at="yesterday")),
    Bad(422, "POST", "/v1/events", event(occurred_at="2026-01-01T00:00:00")),
    Bad(422, "POST", "/v1/events", event(occurred_at=1_770_000_000_000)),
    Bad(422, "POST", "/v1/events", event(occurred_at="2068-01-01T00:00:00Z")),
    Bad(422, "POST", "/v1/events", event(occurred_at="1969-01-01T00:00:00Z")),
    Bad(422, "POST", "/v1/events", event(position=-2)),
    Bad(422, "POST", "/v1/events", event(position=10**12)),
    Bad(422, "POST", "/v1/events", event(surface="s" * 1000)),
    Bad(422, "POST", "/v1/events", event(event_id=5)),
    Bad(405, "GET", "/v1/events"),
]
TIMELINES = [
    Bad(404, "GET", f"/v1/timeline/{UNKNOWN}"),
    Bad(422, "GET", "/v1/timeline/ada"),
    Bad(422, "GET", "/v1/timeline/-1"),
    Bad(422, "GET", "/v1/timeline/{ada}?limit=0"),
    Bad(422, "GET", "/v1/timeline/{ada}?limit=1000"),
    Bad(422, "GET", "/v1/timeline/{ada}?limit=-1"),
    Bad(422, "GET", "/v1/timeline/{ada}?cursor=garbage"),
    Bad(422, "GET", "/v1/timeline/{ada}?cursor=5~garbage"),
    Bad(422, "GET", "/v1/timeline/{ada}?cursor=-5~x"),
    Bad(422, "GET", "/v1/timeline/{ada}?cursor=%00"),
    Bad(422, "GET", "/v1/timeline/{ada}?cursor=" + "9" * 5000),
    Bad(404, "GET", "/v1/nothing-here"),
    Bad(404, "GET", "/v2/users"),
    Bad(404, "GET", "/docs-assets/../app.py"),
    Bad(405, "DELETE", "/v1/timeline/{ada}"),
]
CASES = [*USERS, *RELATIONS, *POSTS, *REACTIONS, *COMMENTS, *EVENTS, *TIMELINES]


def filled(value: Any, world: World) -> Any:
    """``value`` with the names in braces replaced by the world's ids."""
    if isinstance(value, str):
        for name in NAMES:
            value = value.replace(f"{{{name}}}", getattr(world, name))
    if isinstance(value, list):
        return [filled(one, world) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, world) for key, one in value.items()}
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.status}-{case.method}-{case.path[:60]}")
def test_bad_input_is_refused_in_one_shape_and_leaves_nothing_behind(case: Bad, shared_world: World) -> None:
    world = shared_world
    before = dict(rows_of(world.home))
    assert any(before.values())
    body = {"content": case.body} if isinstance(case.body, bytes) else {"json": filled(case.body, world)}
    if case.body is None:
        body = {}
    answer = world.api.request(case.method, filled(case.path, world), headers=case.headers, **body)
    assert answer.status_code == case.status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == case.status
    assert told["type"].startswith("urn:loupe:problem:")
    assert told["title"]
    assert told["detail"]
    assert told["fix"] or case.status == 403
    assert told["request_id"] == answer.headers["x-request-id"]
    assert len(answer.content) < 20_000
    assert dict(rows_of(world.home)) == before


def test_there_are_enough_cases_and_each_group_has_some() -> None:
    assert len(CASES) >= 80
    assert min(map(len, (USERS, RELATIONS, POSTS, REACTIONS, COMMENTS, EVENTS, TIMELINES))) >= 9
