"""Whether the service can answer, and from which rung."""

from fastapi import APIRouter, Request

from feed_core.api.context import Core
from feed_core.api.health import readyz as core_readyz
from feed_core.model.errors import Unavailable
from ranking_service.api.context import Service
from ranking_service.freshness.following import Following

router = APIRouter(tags=["operation"])


@router.get("/readyz", include_in_schema=False)
def readyz(request: Request, core: Core, service: Service) -> dict[str, str]:
    """As the feed core's, and which model ranks; without one timelines are chronological and
    ``problem`` says why. That is no reason to take the service out of rotation. 503 after a start until
    counters are restored from the event log: until then posts rank by what the last run knew."""
    state = core_readyz(request, core)
    _require_restored(request.app.state.following)
    model = service.champion.model()
    return {
        **state,
        "ranking": "chronological" if model is None else "ranked",
        "model_version": "" if model is None else model.version,
        "trees": "" if model is None else ("compiled" if model.compiled else "interpreted"),
        "problem": service.champion.problem,
    }


def _require_restored(following: Following) -> None:
    if following.restored:
        return
    if following.problem:
        message = f"Counters could not be restored from the event log: {following.problem}."
        raise Unavailable(message, fix="It is tried again each second; see the service's log.")
    raise Unavailable("Counters are being restored from the event log.", fix="Wait and ask again.")
