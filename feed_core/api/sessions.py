"""Logging in and out, and what one is logged in with."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field

from feed_core.api.bodies import StrictRoute
from feed_core.api.context import Core, UserId
from feed_core.api.fields import Body, IdOut, Outgoing, Text, TimeOut
from feed_core.api.identity import OwnId, Who
from feed_core.api.views import Changed, PageView
from feed_core.api.writes import Writing
from feed_core.model.errors import Unauthenticated
from feed_core.services.contacts import MAX_PASSWORD
from feed_core.services.sessions import MAX_DEVICE, MAX_LOGIN

router = APIRouter(prefix="/v1", tags=["sessions"], route_class=StrictRoute)
SessionName = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="`name` of the session.")]


class LogInBody(Body):
    """Username, email or phone, and the password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"login": "ada", "password": "note G and all that", "device": "phone"}]
        }
    )

    login: Text = Field(min_length=1, max_length=MAX_LOGIN)
    password: Text = Field(max_length=MAX_PASSWORD)
    device: Text = Field("", max_length=MAX_DEVICE, description="For people, to tell their sessions apart.")


class NewSessionView(Outgoing):
    """A session that has just begun; the token is told this once."""

    token: str
    user_id: IdOut
    expires_at: TimeOut


class SessionView(Outgoing):
    """A session."""

    name: str
    device: str
    created_at: TimeOut
    expires_at: TimeOut


class PasswordBody(Body):
    """A change of password."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"old": "note G and all that", "new": "the sun never sets"}]}
    )

    old: Text = Field(max_length=MAX_PASSWORD)
    new: Text = Field(max_length=MAX_PASSWORD)


@router.post("/sessions", status_code=201)
def log_in(body: LogInBody, request: Request, response: Response, core: Core) -> NewSessionView:
    """Log in; strong: the token is good at once, for 30 days. 401 for a wrong login or password, 429 after
    ten tries within ten minutes. Not idempotent: each time begins another session."""
    address = request.client.host if request.client else ""
    token, session = core.sessions.log_in(body.login, body.password, body.device, address)
    response.headers["Cache-Control"] = "no-store"
    return NewSessionView(token=token, user_id=session.user_id, expires_at=session.expires_at)


@router.delete("/sessions/current")
def log_out(core: Core, who: Who) -> Changed:
    """End the session of the request's token; strong: refused from now on."""
    if not who.token:
        raise Unauthenticated("There is no session to end.", fix="Send its token.")
    core.sessions.log_out(who.token)
    return Changed(changed=True)


@router.get("/users/{user_id}/sessions")
def list_sessions(user_id: OwnId, core: Core) -> PageView[SessionView]:
    """What one is logged in with, the newest first; strong, for oneself alone."""
    core.accounts.require(user_id)
    items = [
        SessionView(name=name, device=one.device, created_at=one.created_at, expires_at=one.expires_at)
        for name, one in core.sessions.of_user(user_id)
    ]
    return PageView(items=items, next_cursor="")


@router.delete("/users/{user_id}/sessions")
def log_out_everywhere(user_id: OwnId, core: Core) -> Changed:
    """End all sessions of one's own, this one too; strong."""
    core.accounts.require(user_id)
    core.sessions.log_out_everywhere(user_id)
    return Changed(changed=True)


@router.delete("/users/{user_id}/sessions/{name}", response_model=Changed)
def end_session(user_id: UserId, name: SessionName, core: Core, write: Writing) -> Response:
    """End one session of one's own by its name; strong."""

    def act() -> Changed:
        core.accounts.require(user_id)
        return Changed(changed=core.sessions.end(user_id, name))

    return write.answer(user_id, act)


@router.put("/users/{user_id}/password")
def change_password(user_id: UserId, body: PasswordBody, core: Core, who: Who) -> Changed:
    """Change one's password; every session ends. 401 when the old one is wrong, as it is for a repeat, and
    409 when the password was changed meanwhile."""
    who.act_as(user_id)
    core.accounts.require(user_id)
    core.sessions.change_password(user_id, body.old, body.new)
    return Changed(changed=True)
