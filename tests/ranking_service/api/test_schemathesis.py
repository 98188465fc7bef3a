"""Requests for rankings made from the OpenAPI document, right and wrong: no crash, one shape of errors, and
what is refused writes nothing."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from schemathesis import GenerationMode

from feed_core.api.app import create_app as create_core_app
from ranking_service.api import create_app
from tests.api_client import client_of
from tests.feed_core.api.made_requests import Ids, answers_of, operations_of
from tests.feed_core.api.written_rows import WrittenRows
from tests.ranking_service.conftest import Promote, World

pytestmark = pytest.mark.slow(10)
EXAMPLES = 12
"""Requests per operation and mode."""
OURS = {
    "/v1/compare/{user_id}", "/v1/feed/{user_id}", "/v1/models", "/v1/people", "/v1/rank", "/v1/report",
    "/v1/trends",
}  # fmt: skip
TAKE_NOTHING = {"/v1/models", "/v1/report", "/v1/trends"}
LEAST = {GenerationMode.POSITIVE: {2: 30}, GenerationMode.NEGATIVE: {4: 30}}
"""How many answers of which kind show that requests were what they should be."""


@pytest.fixture
def api(world: World, promote: Promote) -> Iterator[TestClient]:
    """The service with a promoted bundle; its workers do not run, so that requests alone write."""
    promote()
    app = create_app(world.core, world.home, budget_ms=None, compile_trees="never")
    with client_of(app) as api:
        yield api
    app.state.for_you.close()


@pytest.fixture
def rows(world: World, api: TestClient) -> Iterator[WrittenRows]:
    rows = WrittenRows(world.home, "rate_limits", "id_times")
    yield rows
    rows.close()


@pytest.mark.parametrize("mode", GenerationMode)
def test_no_generated_request_crashes_a_ranking(
    world: World, api: TestClient, rows: WrittenRows, mode: GenerationMode
) -> None:
    with client_of(create_core_app(world.core)) as core:
        theirs = {one.path for one in operations_of(core)}
    operations = [one for one in operations_of(api) if one.path not in theirs]
    assert {one.path for one in operations} == OURS
    answers = answers_of(api, operations, mode, EXAMPLES, ids_of(world), rows)
    assert answers.without == (TAKE_NOTHING if mode is GenerationMode.NEGATIVE else set())
    assert all(answers.statuses[kind] > least for kind, least in LEAST[mode].items()), answers.statuses


def ids_of(world: World) -> Ids:
    return {"user_id": [world.ada, world.people["ben"]], "post_ids": [world.ids("ben"), world.ids("eve")[:1]]}
