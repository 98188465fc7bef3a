"""The rows that Spark counts over the lake are the rows that the stream counts as events arrive."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from features.content import write_posts
from features.definitions import WINDOWED
from features.definitions.views import POST_CONTENT
from features.feast_store.repository import apply, materialize
from features.offline.places import online_path
from features.offline.publish import publish
from features.online import OnlineRows, open_online
from features.stream import StreamUpdater
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.ports.event_log import EventLog
from pipelines.lake.update import update_lake
from pipelines.spark import stats
from pipelines.spark.session import open_session
from tests.features.conftest import NOW, START, make_events, make_posts

pytestmark = pytest.mark.spark


def fill(log: EventLog) -> None:
    events, posts = make_events(make_posts()), make_posts()
    encode = msgspec.msgpack.encode
    log.append("posts", [(post.author_id, encode(post)) for post in posts])
    for topic, graph in (("engagement", False), ("graph", True)):
        own = sorted((e for e in events if (e.action == "follow") == graph), key=lambda e: e.arrived_at)
        log.append(topic, [(e.user_id, encode(e)) for e in own])  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OnlineRows, OnlineRows]]:
    """Online rows by Spark, Feast and Parquet; online rows by the stream. Both at ``NOW``."""
    home = tmp_path_factory.mktemp("home")
    core = FeedCore.open(home, clock=SetClock(START))
    fill(core.stores.events)
    update_lake(core.stores.events, home)
    spark = open_session(tmp_path_factory.mktemp("spark"), driver_memory="1g")
    stats.run(spark, home, as_of=NOW)
    publish(home)
    apply(home)
    materialize(home, until=NOW)
    batch, streamed = open_online(online_path(home)), open_online(home / "streamed.sqlite")
    write_posts(streamed, make_posts())
    StreamUpdater.restore(streamed, [make_events(make_posts())], NOW)
    yield batch, streamed
    batch.close()
    streamed.close()
    core.close()


@pytest.mark.parametrize("view", [*WINDOWED, POST_CONTENT], ids=lambda view: view.name)
def test_batch_and_stream_write_the_same_rows(both: tuple[OnlineRows, OnlineRows], view) -> None:  # type: ignore[no-untyped-def]
    values = {"user_id": (11, 12, 13), "author_id": (21, 22), "post_id": tuple(range(101, 107))}
    grids = np.meshgrid(*(values[key] for key in view.join_keys), indexing="ij")
    keys = np.column_stack([grid.ravel() for grid in grids])
    batch, streamed = (online.read_many(view, keys, names=True) for online in both)
    assert both[0].state(view).rows == both[1].state(view).rows > 0
    np.testing.assert_array_equal(batch.matrix, streamed.matrix)
    np.testing.assert_array_equal(batch.event_times, streamed.event_times)
    if view is POST_CONTENT:
        assert batch.lists is not None
        assert streamed.lists is not None
        assert batch.lists.names == streamed.lists.names
