"""Scores for candidates that the caller brings: the hot endpoint, decoded and encoded by msgspec."""

from typing import Annotated

import msgspec
from anyio import to_thread
from fastapi import APIRouter, HTTPException, Request, Response

from feed_core.api.bodies import require_json
from feed_core.api.identity import Who
from feed_core.api.observation import note
from feed_core.api.strict_json import refuse_repeated_names
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import MAX_ID
from ranking_service.api.context import Service
from ranking_service.api.openapi import body_of, json_of
from ranking_service.api.wire import ScoresOut, answer, scores_out
from ranking_service.candidates import MOST
from ranking_service.for_you import ForYou
from ranking_service.records import Scores

router = APIRouter(prefix="/v1", tags=["for you"])
Id = Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)]


class RankBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person and up to 1,000 posts; ids as strings or integers."""

    user_id: Id
    post_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MOST)]
    why: bool = False
    knobs: dict[str, float] = {}


_decoder = msgspec.json.Decoder(RankBody, strict=False)


@router.post("/rank", response_class=Response, responses=json_of(ScoresOut), openapi_extra=body_of(RankBody))
async def rank(request: Request, service: Service, who: Who) -> Response:
    """The candidates by value, best first. A score depends on person, post and request alone.

    Candidates that are unknown, deleted, repeated, blocked or muted (either way) are named in `dropped`.
    Nothing is logged: who shows the posts reports what happens.
    """
    require_json(request.headers)
    body = body_from(await request.body())
    who.act_as(body.user_id)
    content, scores = await to_thread.run_sync(_ranked, service, body)
    note(request, candidates=len(body.post_ids), served_by=scores.served_by)
    return content


def body_from(content: bytes) -> RankBody:
    """The request's body; raises ``InvalidInput`` that names the field, 400 for what is no strict JSON."""
    try:
        body = _decoder.decode(content)
        refuse_repeated_names(content)
    except msgspec.ValidationError as error:
        fix = f"Send user_id and 1 to {MOST:,} post_ids, all from 1 to {MAX_ID}."
        raise InvalidInput(f"The body breaks a rule: {error}.", fix=fix) from error
    except ValueError as error:
        raise HTTPException(400, f"The body is no valid JSON: {error}.") from error
    return body


def _ranked(service: ForYou, body: RankBody) -> tuple[Response, Scores]:
    scores = service.score_candidates(body.user_id, body.post_ids, why=body.why, knobs=body.knobs)
    return answer(scores_out(scores)), scores
