"""Every write of the API, with a key and repeated, is answered on the real servers as it is embedded.

Ids differ, so they are compared by the order in which each world first names them.
"""

import re
from typing import Any

from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import filled
from tests.feed_core.api.test_writes import WRITES, send

READS = (
    "/v1/users/{ada}", "/v1/users/{ada}/stats", "/v1/users/{ben}/stats", "/v1/users/{ada}/settings",
    "/v1/users/{ada}/following", "/v1/users/{ben}/followers", "/v1/users/{ada}/blocks",
    "/v1/users/{ada}/mutes",
    "/v1/users/{pia}/follow-requests", "/v1/users/{ada}/requested", "/v1/users/{ada}/posts",
    "/v1/users/{ben}/posts?reader_id={ada}", "/v1/users/{ben}/deleted-posts", "/v1/users/{ada}/media",
    "/v1/users/{ada}/likes", "/v1/users/{ada}/saves", "/v1/users/{ben}/stories?reader_id={ben}",
    "/v1/users/{ben}/stories/{story}/views", "/v1/users/{ada}/story-tray", "/v1/users/{ben}/notifications",
    "/v1/users/{ada}/notifications", "/v1/users/{ben}/notifications/unread",
    "/v1/posts/{post}?reader_id={ada}", "/v1/posts/{post}/counts", "/v1/posts/{post}/likes",
    "/v1/posts/{post}/media", "/v1/posts/{post}/comments?reader_id={cam}", "/v1/places/Hove/posts",
    "/v1/timeline/{ada}", "/v1/timeline/{cam}",
)  # fmt: skip
LAST = (("DELETE", "/v1/posts/{post}?author_id={ben}"), ("DELETE", "/v1/users/{ada}"))
"""After these there is little left to read."""
_ID = re.compile(r"[0-9]{15,19}")


class Names:
    """Tells ids by the order in which they come up."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def plain(self, content: Any) -> Any:
        """The content without what may differ: ids, and the letters of cursors."""
        if isinstance(content, dict):
            return {
                key: bool(value) if key == "next_cursor" else self.plain(value)
                for key, value in content.items()
                if key not in ("request_id", "instance")
            }
        if isinstance(content, list):
            return [self.plain(each) for each in content]
        return _ID.sub(self._name, content) if isinstance(content, str) else content

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"id {len(self._names)}")


def test_every_write_and_what_is_read_after_it(worlds: tuple[World, World]) -> None:
    names = (Names(), Names())
    writes = sorted(WRITES, key=lambda write: (write[0], write[1]) in LAST)
    for number, write in enumerate(writes):
        answers = []
        for world, named in zip(worlds, names, strict=True):
            world.clock.set(world.clock.now() + 1_000)
            first, second = (send(world, write, f"key-{number}") for _ in range(2))
            assert (first.status_code, named.plain(first.json())) == (
                second.status_code, named.plain(second.json()),
            ), write  # fmt: skip
            world.core.drain()
            told = [read(world, path) for path in READS]
            answers.append(named.plain([[write[:2], first.status_code, first.json()], *told]))
        for embedded, real in zip(*answers, strict=True):
            assert real == embedded, write[:2]


def read(world: World, path: str) -> list[Any]:
    answer = world.api.get(filled(path, world))
    assert answer.status_code < 500, answer.text
    return [path, answer.status_code, answer.json()]
