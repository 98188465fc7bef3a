"""How a write is answered: once per Idempotency-Key, and with the workers woken after it."""

import hashlib
from collections.abc import Callable
from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from feed_core.api.identity import Identity, identity_of
from feed_core.core import FeedCore
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import EPOCH_MS, first_id_at
from feed_core.services.limits import WRITES

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Any text of yours that names this write. Sent again with the same request, "
        "it gets the first answer and changes nothing.",
        examples=["5f2b8a1c-like-1"],
    ),
]


class _Answer(msgspec.Struct, array_like=True):
    """What is stored under an idempotency key."""

    request: bytes
    status: int
    body: bytes


class Write:
    """One write request. ``answer`` runs it, or repeats the answer that its key already has."""

    def __init__(
        self, core: FeedCore, who: Identity, wake: Callable[[], None], key: str | None, request: bytes
    ) -> None:
        self._core, self._who, self._wake, self._key, self._request = core, who, wake, key, request

    def without(self, body: BaseModel, secret: str) -> "Write":
        """The same write, told from others by its ``body`` but for the field ``secret``: a fast hash of a
        password, stored with the answer, would let whoever reads it guess fast."""
        told = _digest(body.model_dump_json(exclude={secret}).encode())
        return Write(self._core, self._who, self._wake, self._key, told)

    def answer(self, user_id: int | None, make: Callable[[], BaseModel], status: int = 200) -> Response:
        """Run ``make`` for the acting user, None for a sign-up, and send what it returns as JSON.

        Raises ``InvalidInput`` when the key was used for another request, ``Unauthenticated``,
        ``Forbidden`` (another's session) and ``TooOften``.
        """
        if user_id is not None:
            self._who.act_as(user_id)
        if self._who.user_id:
            self._core.limits.take((f"write:{self._who.user_id}", WRITES))
        if self._key is None:
            answer = self._run(make, status)
        else:
            acting = stand_in(self._key) if user_id is None else user_id
            answer = self._once(acting, self._key, make, status)
        self._wake()
        return Response(answer.body, status_code=answer.status, media_type="application/json")

    def _run(self, make: Callable[[], BaseModel], status: int) -> _Answer:
        return _Answer(self._request, status, make().model_dump_json().encode())

    def _once(self, user_id: int, key: str, make: Callable[[], BaseModel], status: int) -> _Answer:
        packed = self._core.idempotency.once(
            user_id, key, lambda: msgspec.msgpack.encode(self._run(make, status))
        )
        answer = msgspec.msgpack.decode(packed, type=_Answer)
        if answer.request != self._request:
            raise InvalidInput(
                "This Idempotency-Key was already used for another request.",
                fix="Send a new key with each new write.",
            )
        return answer


def stand_in(key: str) -> int:
    """Whose answer that of nobody's key is: one of four million ids that no user has, so that people who sign
    up need not wait for each other."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return 1 + int.from_bytes(digest) % (first_id_at(EPOCH_MS + 1) - 1)


async def write_of(request: Request, key: Key = None) -> Write:
    """The dependency that gives an endpoint its ``Write``."""
    who = await identity_of(request)
    if len(request.headers.getlist("idempotency-key")) > 1:
        raise InvalidInput("There is more than one Idempotency-Key.", fix="Send one key with each write.")
    text = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    digest = _digest(text + await request.body())
    return Write(request.app.state.core, who, request.app.state.drainer.wake, key, digest)


def _digest(request: bytes) -> bytes:
    return hashlib.blake2b(request, digest_size=16).digest()


Writing = Annotated[Write, Depends(write_of)]
