"""Plain Feast calls work on the packed rows."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from feast import FeatureStore

from features.definitions import VIEW_BY_NAME, VIEWS, definitions_hash, view_hash
from features.feast_store.objects import view_of
from features.feast_store.repository import apply, materialize, open_store
from features.offline.places import features_folder, online_path
from features.offline.publish import publish
from features.online import OnlineRows, open_online
from feed_core.model.clock import DAY
from feed_core.model.errors import Corrupt, InvalidInput, NotFound
from tests.features.conftest import NOW, Society

Build = Callable[[Path], Society]
LIKES = "post_stats:likes_7d"


def moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def likes_online(store: FeatureStore, post: int = 101) -> float | None:
    answer = store.get_online_features([LIKES], [{"post_id": post}]).to_dict()
    return answer["likes_7d"][0]  # type: ignore[no-any-return]


@pytest.fixture
def store(tmp_path: Path, build_society: Build, url: str) -> FeatureStore:
    """Published and applied, nothing online yet."""
    build_society(tmp_path)
    publish(tmp_path)
    return apply(tmp_path, url)


@pytest.fixture
def online(tmp_path: Path, url: str) -> Iterator[OnlineRows]:
    """The rows as serving reads them, beside Feast."""
    rows = open_online(url or online_path(tmp_path))
    yield rows
    rows.close()


def test_the_definitions_are_registered(store: FeatureStore) -> None:
    assert {entity.name for entity in store.list_entities()} >= {"user", "author", "post"}
    views = {view.name: view for view in store.list_feature_views()}
    assert set(views) == set(VIEW_BY_NAME)
    for view in VIEWS:
        assert views[view.name].tags["definition"] == view_hash(view)
        assert {f.name for f in views[view.name].features} >= {c.name for c in view.counts}
    assert {s.name for s in store.list_feature_services()} >= {"for_you", "discovery", "user_tags_all"}
    assert len(definitions_hash()) == 16


def test_applying_again_changes_nothing(store: FeatureStore, tmp_path: Path, url: str) -> None:
    again = apply(tmp_path, url)
    assert len(again.list_feature_views()) == len(VIEWS)


def test_nothing_is_online_before_materialising(store: FeatureStore) -> None:
    assert likes_online(store) is None


def test_feast_materialises_by_itself(store: FeatureStore) -> None:
    store.materialize(moment(0), moment(NOW))
    value = likes_online(store)
    frame = pd.DataFrame({"post_id": [101], "event_timestamp": [moment(NOW)]})
    assert value == store.get_historical_features(frame, [LIKES]).to_df()["likes_7d"][0]
    assert value is not None


def test_feast_materialises_incrementally(store: FeatureStore, online: OnlineRows) -> None:
    early, late = NOW - 4 * DAY, NOW
    store.materialize(moment(0), moment(early))
    before = online.state(VIEW_BY_NAME["post_stats"]).newest
    store.materialize_incremental(moment(late))
    after = online.state(VIEW_BY_NAME["post_stats"]).newest
    assert before <= early < after <= late


def test_materialising_what_is_online_already_brings_nothing_back(
    store: FeatureStore, tmp_path: Path, url: str
) -> None:
    seen: list[int] = []
    materialize(tmp_path, until=NOW, progress=lambda done, _: seen.append(done), url=url)
    assert seen == list(range(1, len(VIEWS) + 1))
    newest = likes_online(store)
    assert newest is not None
    materialize(tmp_path, until=NOW - 4 * DAY, url=url)
    assert likes_online(store) == newest


def test_rows_on_redis_are_in_no_file_and_no_file_holds_the_password(
    store: FeatureStore, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.materialize(moment(0), moment(NOW))
    assert online_path(tmp_path).exists() is not bool(url)
    written = (features_folder(tmp_path) / "feature_store.yaml").read_text()
    assert ("path: online.sqlite" in written, "url: ${LOUPE_REDIS_URL}" in written) == (not url, bool(url))
    if url:
        monkeypatch.setenv("LOUPE_REDIS_URL", url)
    assert likes_online(store) is not None
    assert likes_online(open_store(tmp_path)) == likes_online(store)


def test_rows_pushed_through_feast_are_served(store: FeatureStore) -> None:
    row: dict[str, object] = {"user_id": [11], "author_id": [21], "event_timestamp": [moment(NOW)]}
    row |= {count.name: [7.0] for count in VIEW_BY_NAME["user_author"].counts}
    store.write_to_online_store("user_author", pd.DataFrame(row))
    answer = store.get_online_features(["user_author:likes_28d"], [{"user_id": 11, "author_id": 21}])
    assert answer.to_dict()["likes_28d"] == [7.0]
    older = pd.DataFrame(row | {"event_timestamp": [moment(NOW) - timedelta(days=1)], "likes_28d": [3.0]})
    store.write_to_online_store("user_author", older)
    answer = store.get_online_features(["user_author:likes_28d"], [{"author_id": 21, "user_id": 11}])
    assert answer.to_dict()["likes_28d"] == [7.0]


def test_lists_and_vectors_pushed_through_feast_are_served(store: FeatureStore) -> None:
    base = {"user_id": [5], "event_timestamp": [moment(NOW)]}
    tags = pd.DataFrame(base | {"tags": [["a", "b"]], "weights": [[0.5, 0.25]]})
    store.write_to_online_store("user_tags", tags)
    store.write_to_online_store("user_factors", pd.DataFrame(base | {"factor": [[0.5] * 32]}))
    store.write_to_online_store(
        "user_candidates", pd.DataFrame(base | {"post_ids": [[9, 8]], "scores": [[1.0, 0.5]]})
    )
    features = ["user_tags:tags", "user_tags:weights", "user_factors:factor", "user_candidates:post_ids"]
    answer = store.get_online_features(features, [{"user_id": 5}]).to_dict()
    assert answer["tags"] == [["a", "b"]]
    assert answer["weights"] == [[0.5, 0.25]]
    assert answer["factor"] == [[0.5] * 32]
    assert answer["post_ids"] == [[9, 8]]


def test_a_vector_of_another_size_is_refused(store: FeatureStore) -> None:
    row = pd.DataFrame({"user_id": [5], "event_timestamp": [moment(NOW)], "factor": [[1.0, 2.0]]})
    with pytest.raises(InvalidInput, match="2 values, not 32"):
        store.write_to_online_store("user_factors", row)


def test_teardown_forgets_the_rows(store: FeatureStore, online: OnlineRows) -> None:
    store.materialize(moment(0), moment(NOW))
    assert likes_online(store) is not None
    store.teardown()
    assert online.state(VIEW_BY_NAME["post_stats"]).rows == 0


def test_a_view_that_is_not_defined_is_refused(store: FeatureStore) -> None:
    view = store.get_feature_view("post_stats")
    view.name = "unheard_of"
    with pytest.raises(NotFound, match="unheard_of"):
        view_of(view)


def test_no_repository_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no feature repository"):
        open_store(tmp_path)


def test_a_truncated_offline_file_is_named(store: FeatureStore, tmp_path: Path) -> None:
    path = features_folder(tmp_path) / "offline/post_stats/part-0.parquet"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])
    frame = pd.DataFrame({"post_id": [101], "event_timestamp": [moment(NOW)]})
    with pytest.raises(Corrupt, match="cannot be read"):
        store.get_historical_features(frame, [LIKES]).to_df()
    with pytest.raises(Corrupt, match="cannot be read"):
        store.materialize(moment(0), moment(NOW), feature_views=["post_stats"])


def test_the_join_agrees_with_feasts_own(store: FeatureStore, tmp_path: Path) -> None:
    """Feast's Dask store is the oracle for the rows that it keeps.

    It drops an asked row whose key has rows in the future only; ours keeps it, with nothing known.
    """
    folder = features_folder(tmp_path)
    configuration = (folder / "feature_store.yaml").read_text()
    dask = tmp_path / "dask"
    dask.mkdir()
    (dask / "feature_store.yaml").write_text(
        configuration.replace("features.feast_store.offline_store.AsOfOfflineStore", "dask").replace(
            "registry.db", str(folder / "registry.db")
        )
    )
    oracle = FeatureStore(repo_path=str(dask))
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "row": np.arange(40),
            "user_id": rng.choice([11, 12, 13, 14], 40),
            "author_id": rng.choice([21, 22], 40),
            "post_id": rng.choice([101, 102, 103, 999], 40),
            "event_timestamp": [moment(int(NOW - t)) for t in rng.integers(0, 10 * DAY, 40)],
        }
    )
    features = [LIKES, "user_author:dwell_ms_28d", "user_activity:impressions_7d", "author_stats:hides_7d"]
    mine = store.get_historical_features(frame, features).to_df()
    theirs = oracle.get_historical_features(frame, features).to_df()
    assert mine["row"].tolist() == list(range(40))
    assert len(theirs) > 20
    for name in ("likes_7d", "dwell_ms_28d", "impressions_7d", "hides_7d"):
        np.testing.assert_array_equal(mine[name].to_numpy()[theirs["row"]], theirs[name])
