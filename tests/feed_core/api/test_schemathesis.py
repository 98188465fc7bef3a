"""Requests made from the OpenAPI document: no crash, one shape of errors, and no partial write."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core import NotSet

from tests.feed_core.api.conftest import World
from tests.feed_core.api.test_bad_input import rows_of

pytestmark = [pytest.mark.slow(30), pytest.mark.timeout(900)]
EXAMPLES = 12
"""Requests per operation."""
STATUSES: Counter[int] = Counter()
IDS = {
    "user_id": ("ada", "ben", "pia"), "target_id": ("ben", "cam"), "author_id": ("ben",),
    "post_id": ("post", "gone"),
    "comment_id": ("comment",), "story_id": ("story",), "viewer_id": ("ada",), "requester_id": ("ada",),
    "reader_id": ("ada",), "parent_id": ("comment",),
}  # fmt: skip


def test_no_generated_request_crashes_or_writes_in_part(shared_world: World) -> None:
    world = shared_world
    document = world.api.get("/openapi.json").json()
    found = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    operations = [one for one in found if one.path.startswith("/v1/")]
    assert len(operations) > 60
    for operation in sorted(operations, key=lambda one: (one.method == "delete", one.path)):
        check(world, operation)
    assert min(STATUSES[2], STATUSES[4]) > 100, STATUSES


def check(world: World, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(), st.randoms(use_true_random=False))
    def run(case: Any, random: Any) -> None:
        def known(values: Mapping[str, Any] | None) -> dict[str, Any]:
            """Ids of things that are there, mostly, so that requests get past the first check."""
            return {
                name: getattr(world, random.choice(IDS[name]))
                if name in IDS and random.random() < 0.8
                else value
                for name, value in (values or {}).items()
            }

        path = operation.path
        for name, value in known(case.path_parameters).items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        body = None if isinstance(case.body, NotSet) else case.body
        send(world, case.method, path, known(case.query), known(body) if isinstance(body, dict) else body)

    run()


def send(world: World, method: str, path: str, query: dict[str, Any], body: Any) -> None:
    before = dict(rows_of(world.home))
    sent = {} if body is None else {"json": body}
    answer = world.api.request(method, path, params=query, **sent)
    told = f"{method} {path} {query} {body} → {answer.status_code} {answer.text}"
    assert answer.status_code < 500, told
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.json()["status"] == answer.status_code, told
        assert kept(dict(rows_of(world.home))) == kept(before), told
    STATUSES[answer.status_code // 100] += 1


def kept(rows: dict[str, Any]) -> dict[str, Any]:
    """Without rate limits, which count tries that fail on purpose, and times that ids were made from."""
    return {name: each for name, each in rows.items() if "rate_limits" not in name and "id_times" not in name}
