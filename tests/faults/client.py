"""A client as one should be written: it repeats a write under the same key until it gets an answer."""

import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any, Literal, NamedTuple

import httpx

GIVE_UP_S = 120.0
SILENT_S = 10.0
"""An answer that takes longer is none: the service should have said that it cannot."""
_PAUSE_S = 0.05


class WrongAnswer(AssertionError):
    """A status or a content that no fault excuses; ``status`` is 0 where it was not the status."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Wait(NamedTuple):
    """From the first try until an answer other than a refusal, by ``time.monotonic``."""

    kind: Literal["write", "read"]
    began: float
    ended: float


class Client:
    """Sends to each of ``bases`` in turn, as through a load balancer; remembers what it waited for. One per
    thread.

    ``repeated`` counts writes that were sent again, ``refused`` reads that were answered with 503,
    ``silent`` requests that got no answer in time. A connection that is refused or cut is none of these.
    """

    def __init__(self, bases: Sequence[str]) -> None:
        self._servers = cycle(
            [httpx.Client(base_url=base, timeout=SILENT_S, trust_env=False) for base in bases]
        )
        self.waits: list[Wait] = []
        self.repeated = self.refused = self.silent = 0
        self._unread_since: float | None = None

    def write(
        self, method: str, path: str, key: str = "", body: dict[str, Any] | None = None, token: str = ""
    ) -> dict[str, Any]:
        """The acknowledged answer. Raises ``WrongAnswer`` for a 4xx or a plain 500, and when none comes."""
        began = time.monotonic()
        headers = {"Idempotency-Key": key} if key else {}
        while time.monotonic() < began + GIVE_UP_S:
            answer = self._try(method, path, headers | _bearing(token), body)
            if answer is not None and answer.status_code < 300:
                self.waits.append(Wait("write", began, time.monotonic()))
                found: dict[str, Any] = answer.json()
                return found
            _check(answer, method, path)
            self.repeated += 1
            time.sleep(_PAUSE_S)
        raise WrongAnswer(f"{method} {path} was not acknowledged within {GIVE_UP_S:.0f} s.")

    def read(self, path: str) -> dict[str, Any] | None:
        """What the server says; None when it says that it cannot (503) or is not there."""
        answer = self.ask(path)
        if answer is None:
            return None
        if answer.status_code != 200:
            _check(answer, "GET", path)
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, path: str, token: str = "") -> httpx.Response | None:
        """As ``read``, with whatever status but 503."""
        began = time.monotonic()
        answer = self._try("GET", path, _bearing(token), None)
        if answer is None or answer.status_code == 503:
            _check(answer, "GET", path)
            self.refused += answer is not None
            self._unread_since = self._unread_since or began
            return None
        self.waits.append(Wait("read", self._unread_since or began, time.monotonic()))
        self._unread_since = None
        return answer

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
            return next(self._servers).request(method, path, headers=headers, json=body)
        except httpx.TransportError as error:
            self.silent += isinstance(error, httpx.TimeoutException)
            return None


def _bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _check(answer: httpx.Response | None, method: str, path: str) -> None:
    """The one refusal is a 503 that says what is wrong, what to do about it, and when."""
    if answer is None:
        return
    said = f"{method} {path} answered {answer.status_code}: {answer.text[:500]}"
    if answer.status_code != 503:
        raise WrongAnswer(said, answer.status_code)
    told = answer.headers.get("content-type") == "application/problem+json" and answer.json().get("fix")
    if not told or not answer.headers.get("retry-after", "").isdigit():
        raise WrongAnswer(f"No clear refusal, {answer.headers}: {said}")
