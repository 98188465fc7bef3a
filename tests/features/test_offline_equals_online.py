"""The same entity at the same time has the same values, whichever way they are read.

Three ways: joined by Feast from the offline rows, read online as serving does, and counted by the stream.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from features.content import write_posts
from features.definitions import DISCOVERY, FEATURE_NAMES, VIEWS, Names, View, source_code
from features.feast_store.repository import open_store
from features.historical import historical
from features.matrix import Candidates, FeatureReader, RequestContext, assemble
from features.offline.places import online_path
from features.offline.schema import EVENT_TIMESTAMP, schema_of
from features.online import OnlineRows, PackedRows, open_online
from features.online.lists import lists_of_tags
from features.stream import StreamUpdater
from tests.features.conftest import NOW, USERS, Society

FIELDS = [
    (view, name)
    for view in VIEWS
    for name in schema_of(view).names
    if name not in (*view.join_keys, EVENT_TIMESTAMP)
]


@dataclass(frozen=True)
class Ways:
    """Matrices of the same (person, post) rows, float32 (n, F) each."""

    offline: np.ndarray
    online: np.ndarray
    streamed: np.ndarray


def read_online(online: OnlineRows, society: Society, names: Names = FEATURE_NAMES) -> np.ndarray:
    """Every person's matrix over every post and one post that is unknown, one below the other."""
    posts = np.array([*(p.post_id for p in society.posts), 999])
    authors = np.array([*(p.author_id for p in society.posts), 77])
    created = np.array([*(p.created_at for p in society.posts), 946_684_800_000])
    reader, parts = FeatureReader(online), []
    for user in USERS:
        in_network = np.isin(authors, society.follows[user])
        sources = np.where(in_network, source_code("in_network"), source_code("trending"))
        candidates = Candidates(posts, authors, created, sources, in_network)
        request = RequestContext(user, NOW, society.follows[user])
        parts.append(reader.read(request, candidates, names).values)
    return np.concatenate(parts)


def frame_of(society: Society) -> pd.DataFrame:
    rows = []
    for user in USERS:
        for post, author in [*((p.post_id, p.author_id) for p in society.posts), (999, 77)]:
            follows = author in society.follows[user]
            source = source_code("in_network" if follows else "trending")
            rows.append((user, author, post, NOW, 0.0, source, follows, follows))
    names = [
        "user_id",
        "author_id",
        "post_id",
        EVENT_TIMESTAMP,
        "position",
        "source",
        "in_network",
        "follows",
    ]
    return pd.DataFrame(rows, columns=names)


def copy_job_rows(source: OnlineRows, target: OnlineRows, view: View, keys: np.ndarray) -> None:
    rows = source.read_many(view, keys, names=True)
    there = rows.event_times > 0
    at = np.flatnonzero(there)
    lists = None if rows.lists is None else rows.lists.take(at)
    target.write_many(view, PackedRows(keys[there], rows.matrix[there], rows.event_times[there], lists))


@pytest.fixture(scope="module")
def ways(society: Society, tmp_path_factory: pytest.TempPathFactory) -> Ways:
    online = open_online(online_path(society.home))
    streamed = open_online(tmp_path_factory.mktemp("streamed") / "online.sqlite")
    stream = StreamUpdater(streamed)
    stream.add(society.events)
    stream.advance(NOW)
    write_posts(streamed, society.posts)
    for view in VIEWS:
        if view.name in ("user_tags", "user_factors"):
            copy_job_rows(online, streamed, view, np.array(USERS))
        if view.name == "post_factors":
            copy_job_rows(online, streamed, view, np.array([p.post_id for p in society.posts]))
    made = Ways(
        assemble(historical(society.home, frame_of(society))),
        read_online(online, society),
        read_online(streamed, society),
    )
    online.close()
    streamed.close()
    return made


@pytest.mark.parametrize("feature", FEATURE_NAMES)
def test_a_feature_is_the_same_offline_online_and_streamed(ways: Ways, feature: str) -> None:
    column = FEATURE_NAMES.index(feature)
    np.testing.assert_array_equal(ways.online[:, column], ways.offline[:, column])
    np.testing.assert_array_equal(ways.streamed[:, column], ways.online[:, column])


def test_features_of_discovery_are_the_same_offline_and_online(society: Society) -> None:
    names = DISCOVERY.features
    offline = assemble(historical(society.home, frame_of(society), names), names)
    online = open_online(online_path(society.home))
    served = read_online(online, society, names)
    online.close()
    assert served.shape == (len(USERS) * 7, len(names))
    np.testing.assert_array_equal(served, offline)
    for column, name in enumerate(names):
        assert len(np.unique(served[:, column])) > 1, name


def test_the_rows_compared_are_not_all_alike(ways: Ways) -> None:
    constant = {"position", "hour_of_day", "day_of_week"}
    for column, name in enumerate(FEATURE_NAMES):
        values = ways.offline[:, column]
        assert name in constant or len(np.unique(values[~np.isnan(values)])) > 1, name


@pytest.mark.parametrize(("view", "field"), FIELDS, ids=[f"{v.name}.{f}" for v, f in FIELDS])
def test_plain_feast_reads_the_same_online_and_offline(society: Society, view: View, field: str) -> None:
    ids = {"user_id": USERS, "author_id": (21, 22), "post_id": tuple(p.post_id for p in society.posts)}
    grids = np.meshgrid(*(ids[key] for key in view.join_keys), indexing="ij")
    keys = {key: grid.ravel().tolist() for key, grid in zip(view.join_keys, grids, strict=True)}
    store, feature = open_store(society.home), f"{view.name}:{field}"
    rows = [dict(zip(keys, row, strict=True)) for row in zip(*keys.values(), strict=True)]
    online = store.get_online_features([feature], rows).to_dict()[field]
    frame = pd.DataFrame({**keys, EVENT_TIMESTAMP: pd.Timestamp(NOW, unit="ms", tz="UTC")})
    offline = store.get_historical_features(frame, [feature]).to_arrow()[field].to_pylist()
    assert any(value is not None for value in offline)
    assert online == offline


def test_a_feature_service_of_feast_serves_all_at_once(society: Society) -> None:
    store = open_store(society.home)
    answer = store.get_online_features(
        store.get_feature_service("for_you"),
        [{"user_id": 11, "author_id": 21, "post_id": 101}],
        full_feature_names=True,
    ).to_dict()
    assert answer["user_tags__tags"] == [["sun", "sea"]]
    assert len(answer["user_factors__factor"][0]) == 32


def test_hashtags_weigh_what_the_job_said(ways: Ways, society: Society) -> None:
    row = next(i for i, p in enumerate(society.posts) if p.hashtags == ("sea", "sun"))
    assert ways.online[row, FEATURE_NAMES.index("tag_affinity")] == np.float32(0.58) + np.float32(0.25)
    assert ways.online[row, FEATURE_NAMES.index("tag_affinity_max")] == np.float32(0.58)


def test_lists_written_through_the_stream_are_those_of_the_posts(society: Society) -> None:
    online = open_online(online_path(society.home))
    view = next(view for view in VIEWS if view.name == "post_content")
    rows = online.read_many(view, np.array([p.post_id for p in society.posts]))
    assert rows.lists is not None
    assert rows.lists.ids.tolist() == lists_of_tags([p.hashtags for p in society.posts]).ids.tolist()
    online.close()
