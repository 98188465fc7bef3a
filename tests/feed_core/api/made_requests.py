"""Requests that schemathesis makes from an OpenAPI document: those it allows, and those it does not."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

import httpx
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from schemathesis.core.validation import has_invalid_characters, is_latin_1_encodable

from tests.feed_core.api.written_rows import WrittenRows

KNOWN = {GenerationMode.POSITIVE: 0.8, GenerationMode.NEGATIVE: 0.5}
"""How many of the ids are those of things that are there, so that requests get past the first check."""
Ids = Mapping[str, Sequence[Any]]
"""What is there, by the name of a parameter or a field."""


class Made(NamedTuple):
    """One request. Its path is quoted."""

    method: str
    path: str
    query: dict[str, Any]
    headers: dict[str, bytes]
    content: bytes | None

    def sent_to(self, api: TestClient) -> httpx.Response:
        query, headers = self.query, self.headers
        return api.request(self.method, self.path, params=query, headers=headers, content=self.content)


class Answers(NamedTuple):
    """How many answers were of which kind (2 for 200 to 299), and the paths that no request was made for:
    where nothing is taken there is nothing wrong to send."""

    statuses: Counter[int]
    without: set[str]


def operations_of(api: TestClient) -> list[Any]:
    """What the app's document describes below ``/v1/``, what removes things last."""
    document = api.get("/openapi.json").json()
    found = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
    ours = [one for one in found if one.path.startswith("/v1/")]
    return sorted(ours, key=lambda one: (one.method == "delete", one.path))


def answers_of(
    api: TestClient,
    operations: Sequence[Any],
    mode: GenerationMode,
    examples: int,
    ids: Ids,
    rows: WrittenRows,
) -> Answers:
    """Send as many requests as ``examples`` to each operation; each answer must be what ``_check`` says."""
    answers = Answers(Counter(), set())
    for operation in operations:

        @settings(
            max_examples=examples, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(operation.as_strategy(mode), st.randoms(use_true_random=False))
        def run(case: Any, random: Random) -> None:
            made = _made(case, lambda values: _known(values, ids, KNOWN[mode], random))
            answers.statuses[_check(api, made, rows) // 100] += 1

        try:
            run()
        except Unsatisfiable:
            answers.without.add(operation.path)
    return answers


def _check(api: TestClient, made: Made, rows: WrittenRows) -> int:
    """The status: no crash, errors in the one shape, and nothing written when refused."""
    before = rows.now()
    answer = made.sent_to(api)
    told = f"{made} → {answer.status_code} {answer.text}"
    assert answer.status_code < 500, told
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", told
        assert answer.json()["status"] == answer.status_code, told
        assert rows.now() == before, told
    return answer.status_code


def _made(case: Any, known: Callable[[Any], Any]) -> Made:
    path = case.operation.path
    for name, value in known(case.path_parameters).items():
        path = path.replace(f"{{{name}}}", str(value))
    content = None if isinstance(case.body, NotSet) else case.body
    if content is not None and not isinstance(content, bytes):
        content = json.dumps(known(content)).encode()
    return Made(case.method, path, known(case.query), _headers(case), content)


def _headers(case: Any) -> dict[str, bytes]:
    """Those that can be sent, and what the body is said to be."""
    said = {"Content-Type": case.media_type} if case.media_type else {}
    return {
        name: value.encode("latin-1")
        for name, value in {**said, **(case.headers or {})}.items()
        if is_latin_1_encodable(value) and not has_invalid_characters(name, value)
    }


def _known(values: Any, ids: Ids, share: float, random: Random) -> Any:
    if not isinstance(values, Mapping):
        return values or {}
    return {
        name: random.choice(ids[name]) if name in ids and random.random() < share else value
        for name, value in values.items()
    }
