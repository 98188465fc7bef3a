"""A client as one should be written: it repeats a write under the same key until it gets an answer."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

GIVE_UP_S = 120.0
_PAUSE_S = 0.05
_REFUSED = frozenset({502, 503, 504})


class WrongAnswer(AssertionError):
    """A status or a content that no fault excuses."""


class Client:
    """Sends to ``base``; counts what was repeated. One per thread."""

    def __init__(self, base: str, stop: threading.Event) -> None:
        self._http = httpx.Client(base_url=base, timeout=10.0, trust_env=False)
        self._stop = stop
        self.repeated = 0

    def write(self, method: str, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The acknowledged answer. Raises ``WrongAnswer`` for a 4xx or a plain 500, and when none comes."""
        until = time.monotonic() + GIVE_UP_S
        while time.monotonic() < until:
            answer = self._try(method, path, {"Idempotency-Key": key}, body)
            if answer is not None and answer.status_code < 300:
                found: dict[str, Any] = answer.json()
                return found
            self._check(answer, method, path)
            self.repeated += 1
            self._stop.wait(_PAUSE_S)
        raise WrongAnswer(f"{method} {path} was not acknowledged within {GIVE_UP_S:.0f} s.")

    def read(self, path: str) -> dict[str, Any] | None:
        """What the server says; None when it says that it cannot (503) or is not there."""
        answer = self._try("GET", path, {}, None)
        if answer is not None and answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
        self._check(answer, "GET", path)
        return None

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """All items of a paged list; raises ``WrongAnswer`` when the server cannot answer."""
        cursor, joint = "", "&" if "?" in path else "?"
        while True:
            page = self.read(f"{path}{joint}limit=100" + (f"&cursor={cursor}" if cursor else ""))
            if page is None:
                raise WrongAnswer(f"GET {path} is not answered although every server is well.")
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def _try(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None
    ) -> httpx.Response | None:
        try:
            return self._http.request(method, path, headers=headers, json=body)
        except httpx.TransportError:
            return None

    def _check(self, answer: httpx.Response | None, method: str, path: str) -> None:
        if answer is not None and answer.status_code not in _REFUSED:
            raise WrongAnswer(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
