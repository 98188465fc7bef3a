"""Who is asking. A bearer token is a person's session, or the service token of a program that is trusted.

Without a token the policy decides: ``open`` (the embedded profile, on the loopback address) trusts the
request, which then says itself for whom it speaks; ``required`` (production) does not.
"""

import hmac
from dataclasses import dataclass
from typing import Annotated, Literal

from anyio import to_thread
from fastapi import Depends, Request

from feed_core.api.context import ReaderId, UserId
from feed_core.model.errors import Forbidden, Unauthenticated

Policy = Literal["open", "required"]
BEARER = {
    "type": "http", "scheme": "bearer",
    "description": "A session's token, as `POST /v1/sessions` gives it.",
}  # fmt: skip
"""The token in an OpenAPI document: described there alone, as a dependency of every route took its time."""
_LOG_IN = "Log in (POST /v1/sessions) and send Authorization: Bearer with the token."


@dataclass(frozen=True)
class Auth:
    """What the app was told: the policy, and the token of trusted programs ("" for none)."""

    policy: Policy = "open"
    service_token: str = ""


@dataclass(frozen=True)
class Identity:
    """``user_id`` is the person whose session it is, 0 for nobody; a trusted one may speak for anybody."""

    user_id: int = 0
    trusted: bool = False
    token: str = ""

    def act_as(self, user_id: int) -> None:
        """Raises ``Unauthenticated`` for nobody and ``Forbidden`` for somebody else."""
        if self.trusted or (self.user_id and self.user_id == user_id):
            return
        if not self.user_id:
            raise Unauthenticated("This needs a session.", fix=_LOG_IN)
        raise Forbidden(f"The session is user {self.user_id}'s, not user {user_id}'s.")

    def operate(self) -> None:
        """Raises ``Unauthenticated`` or ``Forbidden`` unless trusted."""
        if not self.trusted and self.user_id:
            raise Forbidden("This is for operators.", fix="Send the service token.")
        self.reads_as(None)

    def reads_as(self, user_id: int | None) -> int:
        """Who reads: the session's person, or whom a trusted program names (0: nobody in particular)."""
        if not self.trusted:
            self.act_as(user_id or self.user_id)
        return self.user_id or user_id or 0


async def identity_of(request: Request) -> Identity:
    """Looked up once a request. Raises ``Unauthenticated`` for a token that is not valid."""
    found: Identity | None = getattr(request.state, "identity", None)
    if found is None:
        found = request.state.identity = await _identified(request)
    return found


async def _identified(request: Request) -> Identity:
    auth: Auth = request.app.state.auth
    header = request.headers.get("authorization")
    if header is None:
        return Identity(trusted=auth.policy == "open")
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("The Authorization header is no bearer token.", fix=_LOG_IN)
    if auth.service_token and hmac.compare_digest(token.encode(), auth.service_token.encode()):
        return Identity(trusted=True)
    session = await to_thread.run_sync(request.app.state.core.sessions.of_token, token)
    return Identity(user_id=session.user_id, token=token)


Who = Annotated[Identity, Depends(identity_of)]

# Asynchronous, as what waits for nothing need not go to a thread; and none depends on another, as FastAPI
# walks the whole tree for each request, which took longer than the core needs for a page.


async def _reader(request: Request, reader_id: ReaderId = None) -> int:
    return (await identity_of(request)).reads_as(reader_id)


async def _own(request: Request, user_id: UserId) -> int:
    (await identity_of(request)).act_as(user_id)
    return user_id


async def known(request: Request) -> None:
    """The dependency of what anybody with a session may read."""
    (await identity_of(request)).reads_as(None)


Reader = Annotated[int, Depends(_reader)]
"""Who reads; 0 for nobody in particular."""
OwnId = Annotated[int, Depends(_own)]
"""The user in the path, who is also the one who asks."""
