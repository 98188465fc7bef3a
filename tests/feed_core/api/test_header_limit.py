"""Headers are bounded before anything else is looked at."""

import pytest

from feed_core.api.header_limit import MAX_HEADER_BYTES, MAX_HEADERS
from tests.feed_core.api.conftest import World


@pytest.mark.parametrize(
    "flood", [[(f"X-{n}", "y") for n in range(MAX_HEADERS)], [("X-Long", "y" * MAX_HEADER_BYTES)]]
)
@pytest.mark.parametrize("path", ["/v1/users", "/healthz", "/nothing"])
def test_a_flood_of_headers_is_refused_everywhere(
    world: World, path: str, flood: list[tuple[str, str]]
) -> None:
    answer = world.api.get(path, headers=flood)
    assert answer.status_code == 431
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.json()["fix"]


def test_ordinary_clients_are_far_below_the_limit(world: World) -> None:
    headers = {f"X-{n}": "y" * 200 for n in range(50)}
    assert world.api.get("/v1/users", headers=headers).status_code == 200
