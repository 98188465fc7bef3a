"""For whoever operates the service: alive, ready, metrics."""

from fastapi import APIRouter, Request, Response
from prometheus_client import generate_latest

from feed_core.api.context import Core
from feed_core.model.errors import Unavailable

router = APIRouter(tags=["operation"])
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """200 while the process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request, core: Core) -> dict[str, str]:
    """200 when the stores answer and the workers run; 503 says which does not."""
    core.stores.events.end("engagement")
    core.stores.accounts.page(0, 1)
    if not request.app.state.drainer.running:
        raise Unavailable("The workers are not running.", fix="Restart the service; see its log.")
    return {"status": "ready"}


@router.get("/metrics", response_class=Response)
def metrics(request: Request) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(generate_latest(request.app.state.registry), media_type=_PROMETHEUS)
