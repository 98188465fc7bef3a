"""What an operator sees of each request: an id, one log line, and Prometheus metrics."""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feed_core.api.problems import problem

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_log = structlog.get_logger("loupe.http")


class HttpMetrics:
    """Counts and durations of requests by method, route template and status."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = ("method", "route", "status")
        self.requests = Counter("loupe_http_requests_total", "Requests answered", names, registry=registry)
        self.seconds = Histogram(
            "loupe_http_request_seconds", "Time to the end of the answer", names[:2],
            registry=registry, buckets=_BUCKETS,
        )  # fmt: skip


class Observed:
    """ASGI middleware: gives each request an id, times, counts and logs it, and turns a crash into a 500."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["loupe.request_id"], scope["loupe.log"] = request_id, {}
        status, started = 0, time.perf_counter()

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception:
            _log.exception("request failed", request_id=request_id, path=scope["path"])
            if status:
                raise
            answer = problem(500, "The service failed to answer.", request_id=request_id)
            await answer(scope, receive, observed)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], _template(scope)
        if method not in _METHODS:
            method = "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(seconds)
        _log.info(
            "request", request_id=scope["loupe.request_id"], method=method, path=scope["path"],
            status=status, ms=round(seconds * 1000, 2), **scope["loupe.log"],
        )  # fmt: skip


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def note(request: Request, **facts: Any) -> None:
    """Add facts, such as ``decision_id``, to the request's log line."""
    request.scope.setdefault("loupe.log", {}).update(facts)


def _request_id(scope: Scope) -> str:
    sent = Headers(scope=scope).get("x-request-id", "")
    return sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex[:16]


def _template(scope: Scope) -> str:
    """The route's template, so that ids do not become label values."""
    return str(getattr(scope.get("route"), "path", "unmatched"))
