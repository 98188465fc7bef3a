"""What the service remembers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.model.clock import DAY
from feed_core.model.errors import Corrupt, InvalidInput
from ranking_service.memory.database import FILE_NAME, open_memory
from ranking_service.memory.packing import pack, unpack
from ranking_service.memory.served import ServedPosts, ServedRow
from ranking_service.memory.snapshots import Snapshots
from ranking_service.pipeline.pool import Pool
from ranking_service.pipeline.ranking import Ranking, Scored

NOW = 1_780_000_000_000


def ranking(n: int, *, scored: bool = True) -> Ranking:
    random = np.random.default_rng(n)
    ids = random.integers(1, 1 << 62, n)
    pool = Pool(ids, ids + 1, ids + 2, ids % 9, ids % 2 == 0)
    said = Scored(
        random.normal(size=n), random.normal(size=n), np.arange(n), ("a", "b"), random.random((n, 2)),
        ("like",), (1.5,), random.random((n, 1)), random.random((n, 4)).astype(np.float32),
    )  # fmt: skip
    return Ranking("full", "v1", "hash", 5, pool, said if scored else None)


@given(st.integers(0, 40), st.booleans())
def test_a_ranking_comes_back_as_it_was(n, scored):
    before = ranking(n, scored=scored)
    after = unpack(pack(before))
    for name in ("post_ids", "author_ids", "created_at", "sources", "in_network"):
        np.testing.assert_array_equal(getattr(after.pool, name), getattr(before.pool, name))
    assert (after.served_by, after.model_version, after.feature_age_ms) == ("full", "v1", 5)
    assert (after.scored is None) == (not scored)
    if before.scored is not None and after.scored is not None and n:
        for name in ("values", "scores", "before", "factors", "probabilities", "features"):
            np.testing.assert_array_equal(getattr(after.scored, name), getattr(before.scored, name))


@pytest.fixture
def connections(tmp_path):
    connections = open_memory(tmp_path)
    yield connections
    connections.close()


def test_served_posts_are_remembered_for_a_week(connections):
    served = ServedPosts(connections)
    served.add([ServedRow(1, NOW, 10, [5, 3]), ServedRow(1, NOW + 5, 11, [3, 9]), ServedRow(2, NOW, 12, [7])])
    assert served.since(1, NOW + 5).tolist() == [3, 5, 9]
    assert served.since(1, NOW).tolist() == [3, 5]
    assert served.since(1, NOW + 7 * DAY).tolist() == [3, 9]
    assert served.since(3, NOW).tolist() == []


def test_remembering_again_changes_nothing_and_the_past_is_forgotten(connections):
    served = ServedPosts(connections)
    for _ in range(2):
        served.add([ServedRow(1, NOW, 10, [5])])
    served.add([ServedRow(1, NOW + 8 * DAY, 11, [6])])
    rows = connections.here().execute("SELECT decision_id FROM served").fetchall()
    assert rows == [(11,)]


def test_a_snapshot_is_the_person_s_alone_and_for_half_an_hour(connections, world, for_you):
    from ranking_service.records import Request

    (page,) = for_you.sent(for_you.pages([Request(user_id=world.ada, limit=5)]))
    snapshots, now = Snapshots(for_you.person.served.connections), page.query.now
    assert len(snapshots.get(page.snapshot_id, world.ada, now)) == len(page.snapshot)
    for user, at in ((world.people["ben"], now), (world.ada, now + 31 * 60_000), (world.ada, now - 1)):
        with pytest.raises(InvalidInput):
            snapshots.get(page.snapshot_id, user, at)


def test_a_file_that_is_no_database_is_corrupt_and_says_what_to_do(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"rubbish" * 1000)
    with pytest.raises(Corrupt, match="Delete the file"):
        open_memory(tmp_path)
