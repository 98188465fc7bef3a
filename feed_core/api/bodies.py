"""How request bodies are read: bounded in size and depth, strict JSON, declared as JSON."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feed_core.api.problems import problem

MAX_BODY_BYTES = 1 << 20
_TOO_LARGE = f"The body is larger than {MAX_BODY_BYTES} bytes."


class StrictRequest(Request):
    """Reads JSON without NaN, Infinity, lone surrogates or nesting deeper than 200."""

    async def json(self) -> Any:
        """The parsed body; raises ``HTTPException`` 400 when it is no strict JSON."""
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False, cache_strings="keys")
        except ValueError as error:
            raise HTTPException(400, f"The body is no valid JSON: {error}.") from error


class StrictRoute(APIRoute):
    """A route whose body must be declared as JSON and is read by ``StrictRequest``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind the checks."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            if takes_body and not _declares_json(request.headers):
                raise HTTPException(415, "The body is not declared as JSON.")
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
        return int(length) if length.isascii() and length.isdigit() else 0

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


def _declares_json(headers: Headers) -> bool:
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
