"""With caches and without, the answers are the same: over random histories, concurrent writers included."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from feed_core.adapters.cached import story_views
from feed_core.adapters.cached.accounts import CachedAccounts
from feed_core.adapters.cached.graph import CachedGraph
from feed_core.adapters.cached.near import Near
from feed_core.adapters.cached.posts import CachedPosts
from feed_core.adapters.cached.settings_of_users import CachedSettings
from feed_core.adapters.cached.stories import CachedStories
from feed_core.adapters.cached.timelines import CachedTimelines
from feed_core.adapters.redis.cache import RedisCache
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.adapters.sqlite.timelines import SqliteTimelines
from feed_core.model.clock import HOUR, SystemClock
from feed_core.model.posts import Post
from feed_core.model.settings import StoredSettings
from feed_core.model.timelines import NEWEST, Entry
from feed_core.model.users import User, UserStats
from feed_core.ports.graph import Edge
from feed_core.ports.timelines import Delivery
from tests.contract.test_stories import NOW, story, view

IDS = range(1, 9)


def post(post_id: int, version: int, *, deleted: bool = False) -> Post:
    return Post(
        post_id=post_id, author_id=post_id % 3 + 1, caption=str(version), hashtags=("a",), mentions=(),
        place="", media=(), created_at=1, updated_at=version, deleted=deleted,
    )  # fmt: skip


def user(user_id: int, version: int) -> User:
    return User(
        user_id=user_id, username=f"u{user_id}", full_name=str(version), bio="", created_at=1,
        updated_at=version, private=version % 3 == 0,
    )  # fmt: skip


def entry(at: int, post_id: int) -> Entry:
    return Entry(delivered_at=at, post_id=post_id, via_id=post_id % 4 + 1, author_id=1)


@pytest.mark.parametrize("seed", range(4))
def test_posts(database: Database, cache: RedisCache, near: Near, seed: int) -> None:
    plain, random = SqlitePosts(database), Random(seed)
    posts = CachedPosts(plain, cache, near, SystemClock())
    for version in range(2, 150):
        some = random.sample(IDS, random.randint(1, 4))
        act = random.random()
        if act < 0.3:
            posts.put([post(id_, version, deleted=random.random() < 0.3) for id_ in some])
        elif act < 0.4:
            posts.purge(some)
        elif act < 0.5:
            posts.put_entries([entry(version, id_) for id_ in some])
        elif act < 0.55:
            posts.remove_entries(some[:1])
        elif act < 0.6:
            posts.remove_entries(some[:1])
            posts.put_first_entries([entry(version, some[0])])
        assert posts.get_many(some) == posts.shown_many(some) == plain.get_many(some)
        assert posts.deleted_among(IDS) == plain.deleted_among(IDS)
        assert posts.authors_of(some) == plain.authors_of(some)
        asked = [(via, NEWEST, random.randint(1, 120)) for via in (1, 2, 3, 4)]
        since = random.choice([0, version // 2])
        assert posts.entries_below(asked, since) == plain.entries_below(asked, since)


@pytest.mark.parametrize("seed", range(4))
def test_settings(database: Database, cache: RedisCache, seed: int) -> None:
    plain, random = SqliteSettingsOfUsers(database), Random(seed)
    settings = CachedSettings(plain, cache, SystemClock())
    for version in range(120):
        some = random.sample(IDS, random.randint(1, 4))
        act = random.random()
        if act < 0.3:
            settings.put({id_: StoredSettings(seen={"eu": version, "us": id_}) for id_ in some})
        elif act < 0.4:
            settings.remove(some)
        asked = random.sample(IDS, 5)
        assert settings.get_many(asked) == plain.get_many(asked), version


@pytest.mark.parametrize("seed", range(4))
def test_stories(database: Database, cache: RedisCache, seed: int) -> None:
    plain, random = SqliteStories(database), Random(seed)
    stories = CachedStories(plain, cache, SystemClock())
    for turn in range(120):
        owner, act = random.choice((1, 2, 3)), random.random()
        id_ = owner + 3 * random.randint(0, 3)
        if act < 0.3:
            stories.put([story(id_, owner, age=id_ * HOUR)])
        elif act < 0.4:
            stories.remove([(owner, id_)])
        elif act < 0.7:
            viewer, left = random.choice(IDS), (24 - id_) * HOUR
            stories.add_views([view(id_, viewer, lasts=left), view(id_, viewer, lasts=left)])
        now, some = NOW + random.choice([0, 0, 14 * HOUR]), random.sample(range(1, 13), 6)
        assert stories.active((1, 2, 3), now) == plain.active((1, 2, 3), now), turn
        for viewer in (1, 2):
            assert stories.viewed(viewer, some, now) == plain.viewed(viewer, some, now), turn
        if random.random() < 0.3:
            assert stories.count_views(some, now) == plain.count_views(some, now), turn


def test_views_of_a_crowd_are_counted_by_the_store(
    database: Database, cache: RedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_views, "MAX_SET", 4)
    plain = SqliteStories(database)
    stories = CachedStories(plain, cache, SystemClock())
    for viewer in range(1, 8):
        stories.add_views([view(1, viewer)])
        assert stories.count_views([1, 2], NOW) == {1: viewer}
        assert stories.viewed(viewer, [1, 2], NOW) == {1}
        assert stories.viewed(viewer + 1, [1, 2], NOW) == set()


@pytest.mark.parametrize("seed", range(4))
def test_timelines_longer_than_a_page(database: Database, cache: RedisCache, seed: int) -> None:
    plain, random = SqliteTimelines(database), Random(seed)
    timelines = CachedTimelines(plain, cache, SystemClock())
    for turn in range(120):
        act = random.random()
        if act < 0.4:
            made = [
                entry(random.randint(1, 400), random.randint(1, 300)) for _ in range(random.randint(1, 40))
            ]
            timelines.deliver([Delivery(random.choice((1, 2)), each) for each in made])
        elif act < 0.5:
            timelines.withdraw([(random.choice((1, 2)), random.randint(1, 4))])
        elif act < 0.6:
            timelines.withdraw_posts(random.sample(range(1, 300), 3))
        before = random.choice([NEWEST, (random.randint(1, 400), 150, 2)])
        asked = [(reader, before, random.choice([1, 20, 99, 100, 130])) for reader in (1, 2, 3)]
        since = random.choice([0, 0, 200])
        assert timelines.read(asked, since) == plain.read(asked, since), turn


def test_writers_at_once_each_see_their_own_writes_and_leave_the_caches_right(
    database: Database, cache: RedisCache
) -> None:
    plain, graph = SqliteAccounts(database), SqliteGraph(database)
    accounts, follows = CachedAccounts(plain, cache, SystemClock()), CachedGraph(graph, cache)
    accounts.add([user(id_, 1) for id_ in IDS])

    def work(me: int) -> None:
        random = Random(me)
        for version in range(2, 40):
            accounts.put([user(me, version), user(random.choice(IDS), 1)])
            assert accounts.get_many([me])[me] == user(me, version)
            target = random.choice([id_ for id_ in IDS if id_ != me])
            if random.random() < 0.5:
                follows.add("follow", [Edge(me, target, version)])
                assert target in follows.target_ids("follow", [me])[me]
            else:
                follows.remove("follow", [(me, target)])
                assert target not in follows.target_ids("follow", [me]).get(me, [])
            accounts.get_many(random.sample(IDS, 5))
            follows.source_ids("follow", random.sample(IDS, 5))
            accounts.add_to_stats({target: UserStats(followers=1)})
            accounts.stats_many(IDS)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(1, 7)))
    for _ in range(2):
        assert accounts.get_many(IDS) == plain.get_many(IDS)
        assert accounts.closed_among(IDS) == plain.closed_among(IDS)
        assert accounts.stats_many(IDS) == plain.stats_many(IDS)
        assert follows.target_ids("follow", IDS) == graph.target_ids("follow", IDS)
        assert follows.source_ids("follow", IDS) == graph.source_ids("follow", IDS)
