"""Requests made from the OpenAPI document, right and wrong: no crash, one shape of errors, and no partial
write."""

from collections.abc import Iterator

import pytest
from schemathesis import GenerationMode

from tests.feed_core.api.conftest import World
from tests.feed_core.api.made_requests import answers_of, operations_of
from tests.feed_core.api.written_rows import WrittenRows

pytestmark = [pytest.mark.slow(40), pytest.mark.timeout(900)]
EXAMPLES = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 6}
"""Requests per operation; wrong ones take longer to make."""
LEAST = {GenerationMode.POSITIVE: {2: 100, 4: 100}, GenerationMode.NEGATIVE: {4: 250}}
"""How many answers of which kind show that requests were what they should be."""
NAMES = {
    "user_id": ("ada", "ben", "pia"), "target_id": ("ben", "cam"), "author_id": ("ben",),
    "post_id": ("post", "gone"),
    "comment_id": ("comment",), "story_id": ("story",), "viewer_id": ("ada",), "requester_id": ("ada",),
    "reader_id": ("ada",), "parent_id": ("comment",),
}  # fmt: skip
TAKES_NOTHING = {"/v1/sessions/current"}


@pytest.fixture
def rows(shared_world: World) -> Iterator[WrittenRows]:
    """Without what refused requests may leave: counts of tries, and times that ids were made from."""
    rows = WrittenRows(shared_world.home, "rate_limits", "id_times")
    yield rows
    rows.close()


@pytest.mark.parametrize("mode", GenerationMode)
def test_no_generated_request_crashes_or_writes_in_part(
    shared_world: World, rows: WrittenRows, mode: GenerationMode
) -> None:
    world = shared_world
    ids = {name: [getattr(world, one) for one in known] for name, known in NAMES.items()}
    operations = operations_of(world.api)
    assert len(operations) > 60
    answers = answers_of(world.api, operations, mode, EXAMPLES[mode], ids, rows)
    assert answers.without == (TAKES_NOTHING if mode is GenerationMode.NEGATIVE else set())
    assert all(answers.statuses[kind] > least for kind, least in LEAST[mode].items()), answers.statuses
