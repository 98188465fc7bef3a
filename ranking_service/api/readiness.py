"""Whether the service can answer, and from which rung."""

from fastapi import APIRouter, Request

from feed_core.api.context import Core
from feed_core.api.health import readyz as core_readyz
from ranking_service.api.context import Service

router = APIRouter(tags=["operation"])


@router.get("/readyz", include_in_schema=False)
def readyz(request: Request, core: Core, service: Service) -> dict[str, str]:
    """As the feed core's, and which model ranks; without one timelines are chronological and
    ``problem`` says why. That is no reason to take the service out of rotation."""
    state = core_readyz(request, core)
    model = service.champion.model()
    return {
        **state,
        "ranking": "chronological" if model is None else "ranked",
        "model_version": "" if model is None else model.version,
        "trees": "" if model is None else ("compiled" if model.compiled else "interpreted"),
        "problem": service.champion.problem,
    }
