"""Errors as RFC 9457 ``application/problem+json``: what went wrong and what to do about it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from feed_core.model.errors import LoupeError, TooOften, Unauthenticated, Unavailable

MEDIA_TYPE = "application/problem+json"
RETRY_S = 1
"""A server that was killed is back, or replaced, within seconds: asking again each second is no burden."""
_FIXES = {
    400: "Send a body that is valid JSON in UTF-8.",
    404: "See /docs for the paths that exist.",
    405: "See /docs for the methods of this path.",
    413: "Send at most 1 MiB per request; split batches.",
    415: "Send Content-Type: application/json.",
    431: "Send fewer and shorter headers.",
    500: "Try again; if it stays, look for the request id in the service's log.",
}


class FieldError(BaseModel):
    """One value that breaks a rule; ``path`` leads to it, such as ``body.events[3].value``."""

    path: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details, with ``fix`` saying what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:loupe:problem:not-found",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "User 42 does not exist.",
                    "fix": "Create the user first, or check the id.",
                    "request_id": "6f1c0a52c0de4b7d",
                    "errors": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    fix: str = ""
    request_id: str = ""
    errors: list[FieldError] = Field(default=[])


def problem(
    status: int, detail: str, *, fix: str = "", request_id: str = "", errors: Sequence[FieldError] = ()
) -> Response:
    """The response that carries a problem; ``fix`` falls back to the status' usual one."""
    title = HTTPStatus(status).phrase
    body = Problem(
        type=f"urn:loupe:problem:{title.lower().replace(' ', '-')}",
        title=title,
        status=status,
        detail=detail,
        fix=fix or _FIXES.get(status, ""),
        request_id=request_id,
        errors=list(errors),
    )
    return Response(body.model_dump_json(), status_code=status, media_type=MEDIA_TYPE)


def install_problems(app: FastAPI) -> None:
    """Answer every error of ``app`` in the one shape."""
    app.add_exception_handler(LoupeError, _of_loupe)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


def request_id_of(request: Request) -> str:
    """The id under which the request is in the log; "" outside of the observed stack."""
    return str(request.scope.get("loupe.request_id", ""))


def _of_loupe(request: Request, error: Exception) -> Response:
    if not isinstance(error, LoupeError):
        raise error
    answer = problem(error.status, error.message, fix=error.fix, request_id=request_id_of(request))
    if isinstance(error, Unauthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(-(-error.wait_ms // 1_000))
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = str(RETRY_S)
    return answer


def _of_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    answer = problem(error.status_code, str(error.detail), request_id=request_id_of(request))
    answer.headers.update(error.headers or {})
    return answer


def _of_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [FieldError(path=path_of(e["loc"]), detail=_told(e)) for e in error.errors()[:20]]
    detail = "; ".join(f"{fault.path}: {fault.detail}" for fault in faults[:3])
    fix = "Correct the fields named in errors; /docs has an example."
    return problem(422, detail, fix=fix, request_id=request_id_of(request), errors=faults)


def path_of(location: Sequence[str | int]) -> str:
    """``("body", "events", 3, "value")`` as ``body.events[3].value``; long names are cut."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step[:80]}" for step in location]
    return "".join(steps).removeprefix(".")


def _told(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")[:300]


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, text in {
        400: "The body is no JSON.",
        401: "The request needs a session, or its token is not valid.",
        403: "The one who asks may not do or see this.",
        404: "What was named does not exist, or is not theirs to see.",
        409: "The write contradicts what is there.",
        413: "The body is over 1 MiB.",
        415: "The body is not declared as JSON.",
        422: "A value breaks a rule; `errors` names each field.",
        429: "It was done too often; `Retry-After` says for how many seconds to wait.",
        503: "A server does not answer; `Retry-After` says when to repeat it, a write with the same key.",
    }.items()
}
"""The error responses that OpenAPI lists for every operation."""
