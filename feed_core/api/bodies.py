"""How request bodies are read: bounded in size and depth, strict JSON, declared as JSON."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feed_core.api.problems import problem
from feed_core.api.strict_json import parse

MAX_BODY_BYTES = 1 << 20
_DIGITS = 20
_TOO_LARGE = f"The body is larger than {MAX_BODY_BYTES} bytes."


class StrictRequest(Request):
    """Reads JSON as ``strict_json`` does."""

    async def json(self) -> Any:
        """The parsed body; raises ``HTTPException`` 400 when it is no strict JSON."""
        body = await self.body()
        try:
            return parse(body)
        except ValueError as error:
            raise HTTPException(400, f"The body is no valid JSON: {error}.") from error


class StrictRoute(APIRoute):
    """A route whose body must be declared as JSON and is read by ``StrictRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the checks."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            if takes_body:
                require_json(request.headers)
            return await handle(StrictRequest(request.scope, request.receive))

        return strict


class BodyLimit:
    """ASGI middleware that answers 413 to bodies over the limit, chunked ones too."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._announced(scope) > self._max_bytes:
            answer = problem(413, _TOO_LARGE, request_id=scope.get("loupe.request_id", ""))
            await answer(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _announced(self, scope: Scope) -> int:
        length = Headers(scope=scope).get("content-length", "")
        digits = length.lstrip("0")[:_DIGITS]  # a number of thousands of digits is none to Python
        return int(digits) if digits.isascii() and digits.isdigit() else 0

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise HTTPException(413, _TOO_LARGE)
            return message

        return counted


def require_json(headers: Headers) -> None:
    """Raises ``HTTPException`` 415 unless the body is declared as JSON."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(415, "The body is not declared as JSON.")
