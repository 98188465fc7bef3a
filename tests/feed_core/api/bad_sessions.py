"""Log-ins, passwords and settings that are refused."""

from collections.abc import Iterator
from typing import Any

from tests.feed_core.api.bad_values import NO_KEYS, WRONG_KINDS, bodies, flags, ids, texts
from tests.feed_core.api.test_bad_input import HUGE, UNKNOWN, Bad

LOG_IN = {"login": "nobody", "password": "wrong wrong"}
CHANGE = {"old": "wrong wrong", "new": "long enough"}
NO_NAMES = ("xyz", "0" * 15, "0" * 17, "g" * 16, "A" * 16, "%EF%BC%90" * 16, "a%00b", "-1")
"""What no name of a session is."""
ANY_NAME = "0" * 16
NO_TOKENS = ("", "Bearer", "Basic YWRhOmFkYQ==", "Bearer nobody", "Bearer " + "x" * 65, "Token x")
NO_LANGUAGES = ("", "e", "eng", "xx", "EN", "e\x00", "１２", *(bad for bad in WRONG_KINDS if bad is not None))
NO_WORDS: tuple[Any, ...] = (
    "spoiler", 7, True, {}, [""], [" "], [None], [7], [["x"]], ["x" * 51], ["a\x00b"], ["x", ""],
    [f"word{number}" for number in range(201)], ["x"] * 201,
)  # fmt: skip
NOTIFY = ("notify_likes", "notify_comments", "notify_follows", "notify_mentions")


def others(path: str, *methods: str) -> Iterator[Bad]:
    """Methods that the path has none of."""
    yield from (Bad(405, method, path) for method in methods)


SESSIONS = [
    *ids("GET", "/v1/users/*/sessions"), *ids("DELETE", "/v1/users/*/sessions"),
    *ids("DELETE", f"/v1/users/*/sessions/{ANY_NAME}"), *ids("PUT", "/v1/users/*/password", CHANGE),
    *(Bad(422, "DELETE", f"/v1/users/{{ada}}/sessions/{bad}") for bad in NO_NAMES),
    *texts("POST", "/v1/sessions", LOG_IN, "login", 255),
    *texts("POST", "/v1/sessions", LOG_IN, "password", 128),
    *texts("POST", "/v1/sessions", LOG_IN, "device", 100),
    *texts("PUT", "/v1/users/{ada}/password", CHANGE, "old", 128),
    *texts("PUT", "/v1/users/{ada}/password", CHANGE, "new", 128),
    *bodies("POST", "/v1/sessions"), *bodies("PUT", "/v1/users/{ada}/password"),
    *(Bad(422, "DELETE", f"/v1/users/{{ada}}/sessions/{ANY_NAME}", None, key) for key in NO_KEYS),
    *(Bad(422, "POST", "/v1/sessions", bad) for bad in
      ({**LOG_IN, "login": ""}, {"login": "ada"}, {"password": "x"}, {**LOG_IN, "user_id": "{ada}"},
       {**LOG_IN, "admin": True}, [LOG_IN])),
    *(Bad(401, "DELETE", "/v1/sessions/current", None, {"Authorization": bad}) for bad in NO_TOKENS),
    *(Bad(401, "GET", "/v1/users/{ada}/sessions", None, {"Authorization": bad}) for bad in NO_TOKENS),
    *others("/v1/sessions", "GET", "PUT", "PATCH", "DELETE"), *others("/v1/sessions/current", "GET", "PUT"),
    *others("/v1/users/{ada}/password", "GET", "POST", "DELETE"),
    Bad(401, "POST", "/v1/sessions", {"login": "nobody", "password": "wrong"}),
    Bad(401, "DELETE", "/v1/sessions/current"),
]  # fmt: skip
SETTINGS = [
    *ids("GET", "/v1/users/*/settings"), *ids("PATCH", "/v1/users/*/settings", {"notify_likes": False}),
    *(bad for field in NOTIFY for bad in flags("PATCH", "/v1/users/{ada}/settings", field)),
    *bodies("PATCH", "/v1/users/{ada}/settings"),
    *(Bad(422, "PATCH", "/v1/users/{ada}/settings", {"notify_likes": False, "language": bad})
      for bad in NO_LANGUAGES),
    *(Bad(422, "PATCH", "/v1/users/{ada}/settings", {"notify_likes": False, "muted_words": bad})
      for bad in NO_WORDS),
    *(Bad(422, "PATCH", "/v1/users/{ada}/settings", {"user_id": bad}) for bad in ("{ben}", UNKNOWN, HUGE)),
    *others("/v1/users/{ada}/settings", "POST", "PUT", "DELETE"),
]  # fmt: skip
