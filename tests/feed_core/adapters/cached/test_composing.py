"""The composition has every port, those with caches in front of the same stores."""

from feed_core.adapters.cached.composing import cached
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.sqlite.database import Database
from feed_core.model.clock import SystemClock
from feed_core.model.settings import StoredSettings
from feed_core.model.timelines import NEWEST
from feed_core.model.users import UserStats
from feed_core.ports.graph import Edge
from feed_core.ports.timelines import Delivery
from tests.contract.test_media import media
from tests.contract.test_stories import NOW, story, view
from tests.feed_core.adapters.cached.conftest import plain_ports
from tests.feed_core.adapters.cached.test_equal import entry, post, user
from tests.servers import wait_until


def test_two_processes_read_what_either_wrote_at_once(database: Database, cache: RedisCache) -> None:
    plain = plain_ports(database)
    processes = [cached(plain, cache, SystemClock()) for _ in range(2)]
    (one, two), ids = (process.ports for process in processes), range(1, 9)
    assert one.keys() == plain.keys()
    one["accounts"].add([user(id_, 1) for id_ in ids])
    for version in range(2, 30):
        writer, reader = (one, two) if version % 2 else (two, one)
        id_ = version % 8 + 1
        writer["accounts"].put([user(id_, version)])
        assert reader["accounts"].get_many(ids) == plain["accounts"].get_many(ids)
        assert reader["accounts"].closed_among(ids) == plain["accounts"].closed_among(ids)
        writer["accounts"].add_to_stats({id_: UserStats(followers=1)})
        assert reader["accounts"].stats_many(ids) == plain["accounts"].stats_many(ids)
        writer["posts"].put([post(id_, version, deleted=version % 5 == 0)])
        assert reader["posts"].get_many(ids) == plain["posts"].get_many(ids)
        assert reader["posts"].deleted_among(ids) == plain["posts"].deleted_among(ids)
        assert reader["posts"].authors_of(ids) == plain["posts"].authors_of(ids)
        writer["graph"].add("follow", [Edge(id_, version + 9, version)])
        assert reader["graph"].target_ids("follow", ids) == plain["graph"].target_ids("follow", ids)
        writer["timelines"].deliver([Delivery(id_, entry(version, version))])
        asked = [(reader_id, NEWEST, 9) for reader_id in ids]
        assert reader["timelines"].read(asked, 0) == plain["timelines"].read(asked, 0)
        writer["media"].put([media(id_, post_id=version)])
        assert reader["media"].get_many(ids) == plain["media"].get_many(ids)
        writer["settings"].put({id_: StoredSettings(seen={"eu": version})})
        assert reader["settings"].get_many(ids) == plain["settings"].get_many(ids)
        writer["stories"].put([story(version, user_id=id_)])
        writer["stories"].add_views([view(version, id_)])
        assert reader["stories"].active(ids, NOW) == plain["stories"].active(ids, NOW)
        assert reader["stories"].viewed(id_, [version], NOW) == {version}
        assert reader["stories"].count_views([version], NOW) == {version: 1}
    for process in processes:
        process.close()


def test_what_is_merely_shown_is_ones_own_at_once_and_anothers_soon(
    database: Database, cache: RedisCache
) -> None:
    plain = plain_ports(database)
    processes = [cached(plain, cache, SystemClock()) for _ in range(2)]
    one, two = (process.ports["posts"] for process in processes)
    for version in range(2, 40):
        one.put([post(1, version)])
        assert one.shown_many([1]) == {1: post(1, version)}
        wait_until(lambda version=version: two.shown_many([1]) == {1: post(1, version)})
    one.put([post(1, 40, deleted=True)])
    assert two.deleted_among([1]) == {1}
    assert two.authors_of([1]) == {}
    assert two.get_many([1])[1].deleted
    for process in processes:
        process.close()


def test_a_post_that_was_asked_for_before_it_was_there_is_shown_at_once(
    database: Database, cache: RedisCache
) -> None:
    processes = [cached(plain_ports(database), cache, SystemClock()) for _ in range(2)]
    one, two = (process.ports["posts"] for process in processes)
    for id_ in range(1, 40):
        assert two.shown_many([id_]) == {}
        one.put([post(id_, 2)])
        assert two.shown_many([id_]) == {id_: post(id_, 2)}
    for process in processes:
        process.close()
