"""What the job writes is what its code works out, what the offline store joins, and nothing of later."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from features.definitions import DISCOVERY
from features.feast_store.repository import apply
from features.offline.publish import publish
from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput, NotFound
from pipelines.datasets.examples import choices_at, choosers, stored_features
from pipelines.discovery import job
from pipelines.discovery.past import past_of
from pipelines.discovery.scores import scorer_at, scorer_of
from tests.pipelines.discovery.planted import START, circles, tastes, write_tastes

HISTORY = circles()
EARLY, LATE, WINDOW = START + 200 * DAY, START + 260 * DAY, 30 * DAY


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Discoveries as of two moments, published and registered."""
    made = tmp_path_factory.mktemp("home")
    for cut in (EARLY, LATE):
        write_tastes(made, past_of(HISTORY, cut))
    folders = job.run(made, as_ofs=[LATE, EARLY], history=HISTORY)
    assert [folder.name for folder in folders] == [f"as_of={EARLY}", f"as_of={LATE}"]
    publish(made)
    apply(made)
    return made


@pytest.mark.parametrize("cut", [EARLY, LATE])
def test_the_offline_store_joins_what_the_code_works_out_at_the_cut(home: Path, cut: int) -> None:
    choices = choices_at(scorer_at(home, HISTORY, cut), HISTORY, WINDOW)
    stored = stored_features(home, choices, cut)
    assert stored.shape == (len(choices), len(DISCOVERY.features))
    assert len(choices) > 1_000
    # other people in the block may change the last bit of a matrix product
    np.testing.assert_allclose(stored, choices.features, rtol=1e-5, atol=1e-7)


def test_lists_hold_the_pairs_the_strongest_first(home: Path) -> None:
    folder = home / "spark" / "discovery" / f"as_of={EARLY}"
    lists, pairs = (pq.read_table(folder / f"{name}.parquet") for name in ("candidates", "pairs"))
    listed = {
        (user, post)
        for user, posts in zip(lists["user_id"].to_pylist(), lists["post_ids"].to_pylist(), strict=True)
        for post in posts
    }
    assert listed == set(zip(pairs["user_id"].to_pylist(), pairs["post_id"].to_pylist(), strict=True))
    assert all(scores == sorted(scores, reverse=True) for scores in lists["scores"].to_pylist())
    assert len(lists) == len(HISTORY.people)


def test_some_people_get_what_they_get_among_all(home: Path, tmp_path: Path) -> None:
    write_tastes(tmp_path, past_of(HISTORY, EARLY))
    some, _ = choosers(HISTORY, EARLY, WINDOW)
    (folder,) = job.run(tmp_path, as_ofs=[EARLY], people=some[:7], history=HISTORY)
    lists = pq.read_table(folder / "candidates.parquet").to_pydict()
    everybody = pq.read_table(home / "spark/discovery" / folder.name / "candidates.parquet").to_pydict()
    whole = dict(zip(everybody["user_id"], everybody["post_ids"], strict=True))
    assert lists["user_id"] == some[:7].tolist()
    assert {user: set(whole[user]) for user in lists["user_id"]} == {
        user: set(posts) for user, posts in zip(lists["user_id"], lists["post_ids"], strict=True)
    }


@pytest.mark.parametrize("people", [[], [-1]])
def test_for_nobody_the_tables_have_their_columns_and_no_person(people: list[int]) -> None:
    past = past_of(HISTORY, EARLY)
    scorer = scorer_of(past, tastes(past))
    nobody = job.tables_of(scorer, np.array(people, np.int64))
    one = job.tables_of(scorer, past.people[:1])
    assert {name: table.schema for name, table in nobody.items()} == {
        name: table.schema for name, table in one.items()
    }
    assert [nobody[name].num_rows for name in ("pairs", "candidates", "people")] == [0, 0, 0]


def test_a_moment_without_factors_says_what_to_run_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="loupe spark cf"):
        job.run(tmp_path, as_ofs=[EARLY], history=HISTORY)
    assert not (tmp_path / "spark").exists()


def test_no_moment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No date"):
        job.run(tmp_path, as_ofs=[], history=HISTORY)


def test_a_lake_without_engagements_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no engagements"):
        job.run(tmp_path, as_ofs=[EARLY])
