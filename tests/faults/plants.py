"""Faults planted into the product by hand, each of which the run must report."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import uvicorn
from argon2 import PasswordHasher
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feed_core.api.app import create_app
from feed_core.api.problems import problem
from feed_core.core import FeedCore
from feed_core.model.events import Event
from feed_core.model.ids import EPOCH_MS, first_id_at
from feed_core.services.passwords import Passwords
from feed_core.stores import Stores, open_stores
from tests.faults.processes import free_port

FIRST_USER = first_id_at(EPOCH_MS + 1)
"""Below it are those who stand for nobody."""
Bend = Callable[..., Any]
"""Called in place of a port's method, with the method before its arguments."""


class Plant(NamedTuple):
    """``port``'s ``method`` is bent; some finding of the run must match ``told``."""

    port: str
    method: str
    bend: Bend
    told: str


class Bent:
    """A port with some methods bent."""

    def __init__(self, store: Any, bends: Mapping[str, Bend]) -> None:
        self._store, self._bends = store, bends

    def __getattr__(self, name: str) -> Any:
        method, bend = getattr(self._store, name), self._bends.get(name)
        if bend is None:
            return method
        return lambda *arguments, **named: bend(method, *arguments, **named)


class LosesAnswers:
    """ASGI middleware: every sixth write is done, and its client is told that it may not have been."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._writes = app, count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        writes = scope["type"] == "http" and scope["method"] != "GET"
        if not writes or next(self._writes) % 6:
            await self._app(scope, receive, send)
            return

        async def lose(_: Message) -> None:
            """Nobody hears it."""

        await self._app(scope, receive, lose)
        answer = problem(503, "The answer was lost.", fix="Repeat it.")
        answer.headers["Retry-After"] = "1"
        await answer(scope, receive, send)


@contextmanager
def served(home: Path, plants: Sequence[Plant] = (), *, lossy: bool = True) -> Iterator[tuple[str, Stores]]:
    """The embedded product with these faults: its address, and its stores without them."""
    stores = open_stores(home)
    bends: dict[str, dict[str, Bend]] = {}
    for plant in plants:
        bends.setdefault(plant.port, {})[plant.method] = plant.bend
    bent: dict[str, Any] = {port: Bent(getattr(stores, port), some) for port, some in bends.items()}
    core = FeedCore.over(
        replace(stores, **bent),
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
    )
    app = create_app(core)
    port = free_port()
    config = uvicorn.Config(
        LosesAnswers(app) if lossy else app, port=port, log_level="critical", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}", stores
    finally:
        server.should_exit = True
        thread.join()
        core.close()


def every(nth: int, otherwise: Bend, on: Callable[..., bool] = lambda *_, **__: True) -> Bend:
    """Each ``nth`` call whose arguments are such goes to ``otherwise``."""
    calls = count(1)

    def bend(method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if on(*arguments, **named) and not next(calls) % nth:
            return otherwise(method, *arguments, **named)
        return method(*arguments, **named)

    return bend


def lost(answer: object = None) -> Bend:
    """Nothing is done, and it is told as done."""
    return lambda _method, *_, **__: answer


def twice(method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Done twice."""
    method(*arguments, **named)
    return method(*arguments, **named)


def doubled_event(method: Callable[..., Any], topic: str, records: Sequence[tuple[int, bytes]]) -> None:
    """The same act once more, under another event id."""
    again = [msgspec.msgpack.decode(body, type=Event) for _, body in records]
    other = [msgspec.structs.replace(event, event_id=event.event_id + 1) for event in again]
    method(topic, [*records, *((event.user_id, msgspec.msgpack.encode(event)) for event in other)])


def stale() -> Bend:
    """What was answered first is answered for ever."""
    kept: dict[str, Any] = {}

    def bend(method: Callable[..., Any], *arguments: Any) -> Any:
        asked = repr(arguments)
        if asked not in kept:
            kept[asked] = method(*arguments)
        return kept[asked]

    return bend


def broken(_method: Callable[..., Any], *_: Any, **__: Any) -> Any:
    """A failure that nobody has thought of."""
    raise KeyError("planted")


ACTS = ("like", "unlike", "save", "unsave", "share", "comment")


def of_acts(topic: str, records: Sequence[tuple[int, bytes]]) -> bool:
    """Whether these are events of what people did, not of what they were shown."""
    return topic == "engagement" and msgspec.msgpack.decode(records[0][1], type=Event).action in ACTS


PLANTS: Mapping[str, Plant] = {
    "a lost like": Plant(
        "reactions", "add", every(5, lost([True]), on=lambda kind, _: kind == "like"), "like"
    ),
    "a lost post": Plant("posts", "put", every(5, lost()), "posts|caption|404"),
    "a lost profile": Plant("accounts", "put", lost(), "bio"),
    "a lost event": Plant("events", "append", every(5, lost(), on=of_acts), "the event log"),
    "a doubled event": Plant("events", "append", every(5, doubled_event, on=of_acts), "the event log"),
    "a doubled count": Plant("posts", "add_to_counts", every(5, twice), "counts of|at most"),
    "a lost delivery": Plant("timelines", "deliver", every(3, lost()), "timeline of"),
    "a lost notification": Plant("notifications", "put", every(3, lost()), "notifications of"),
    "a forgotten key": Plant(
        "idempotency",
        "get",
        every(1, lost(), on=lambda user, *_: user >= FIRST_USER),
        "comments of|event log|published|posts|changed",
    ),
    "a session that lives on": Plant("sessions", "remove", lost(), "session"),
    "an old answer": Plant("graph", "targets_after", stale(), "follow"),
    "an unclear refusal": Plant("accounts", "stats_many", every(3, broken), "answered 500"),
}
