"""Bounds the headers of a request; servers read them without asking how many there are."""

from starlette.types import ASGIApp, Receive, Scope, Send

from feed_core.api.problems import problem

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 << 10


class HeaderLimit:
    """ASGI middleware that answers 431 to more than 100 headers, or more than 32 KiB of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _too_large(scope["headers"]):
            told = f"The request has more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of them."
            answer = problem(431, told, request_id=scope.get("loupe.request_id", ""))
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _too_large(headers: list[tuple[bytes, bytes]]) -> bool:
    return len(headers) > MAX_HEADERS or sum(len(k) + len(v) for k, v in headers) > MAX_HEADER_BYTES
