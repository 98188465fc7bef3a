"""Each source, on the real stores."""

import numpy as np

from features.definitions import SOURCES, VIEW_BY_NAME
from features.definitions.discovery import USER_DISCOVERIES
from features.online import PackedRows, lists_of_ids
from feed_core.model.clock import DAY, MINUTE
from feed_core.model.events import NewEvent
from feed_core.services.profiles import ProfileEdit
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.pipeline.query import Query
from ranking_service.records import Request
from ranking_service.sources.in_network import InNetwork
from ranking_service.sources.listed import collaborative
from ranking_service.sources.trending import REFRESH_MS, Trending


def query(world, user="ada"):
    return Query(Request(user_id=world.people[user]), world.clock.now(), NO_IDS, NO_IDS, NO_IDS)


def like(world, post_id, *names):
    events = [NewEvent(user_id=world.people[name], post_id=post_id, action="like") for name in names]
    world.core.engagement.record_many(events)
    world.core.drain()


def trending(world):
    return Trending(world.core.posts, world.core.visibility)


def test_in_network_is_the_newest_of_whom_one_follows(world):
    found = InNetwork(world.core.timelines, quota=10).find(query(world))
    assert found.tolist() == [entry.post_id for entry in world.core.timelines.page(world.ada, 10).entries]


def test_who_follows_nobody_has_an_empty_network(world):
    assert len(InNetwork(world.core.timelines).find(query(world, "eve"))) == 0


def test_collaborative_lists_come_from_the_online_rows(world, for_you):
    view, ids = VIEW_BY_NAME["user_candidates"], world.ids("eve")
    lists = lists_of_ids([ids], [[1.0] * len(ids)])
    empty = np.zeros((1, view.width), np.float32)
    for_you.online.write_many(
        view, PackedRows(np.array([world.ada]), empty, np.array([world.clock.now()]), lists)
    )
    assert collaborative(for_you.online).find(query(world)).tolist() == ids
    answer = for_you.rank(Request(user_id=world.ada, limit=100))
    sources = {item.post.post_id: item.why.source for item in answer.items}
    assert {sources[id_] for id_ in ids} == {"collaborative"}
    rules = {item.post.post_id: [rule.name for rule in item.why.rules] for item in answer.items}
    assert all("out_of_network" in rules[id_] for id_ in ids)


def test_without_a_list_there_are_no_collaborative_candidates(world, for_you):
    assert len(collaborative(for_you.online).find(query(world))) == 0


def test_trending_is_what_most_people_engage_with(world):
    first, second = world.ids("eve")[3], world.ids("fay")[3]
    like(world, first, "ada", "ben", "cleo")
    like(world, second, "ada")
    assert trending(world).find(query(world)).tolist() == [first, second]


def test_trending_is_worked_out_at_most_once_in_five_minutes(world):
    source = trending(world)
    assert len(source.find(query(world))) == 0
    like(world, world.ids("eve")[0], "ada")
    assert len(source.find(query(world))) == 0
    world.clock.set(world.clock.now() + REFRESH_MS)
    assert source.find(query(world)).tolist() == world.ids("eve")[:1]


def test_a_clock_that_steps_back_does_not_keep_a_list_of_the_future(world):
    source = trending(world)
    like(world, world.ids("eve")[0], "ada")
    assert len(source.find(query(world))) == 1
    world.clock.set(world.posts["eve"][0].created_at - MINUTE)
    assert len(source.find(query(world))) == 0


def test_old_posts_do_not_trend(world):
    like(world, world.ids("eve")[0], "ada")
    world.clock.set(world.clock.now() + 3 * DAY)
    assert len(trending(world).find(query(world))) == 0


def test_what_not_everybody_may_see_does_not_trend(world):
    post, other = world.ids("eve")[0], world.ids("fay")[0]
    like(world, post, "ada", "ben")
    like(world, other, "ada")
    world.core.profiles.edit(world.people["eve"], ProfileEdit(private=True))
    assert trending(world).find(query(world)).tolist() == [other]
    assert trending(world).find(query(world, "eve")).tolist() == [other]
    world.core.profiles.delete(world.people["fay"])
    assert len(trending(world).find(query(world))) == 0
    world.core.profiles.edit(world.people["eve"], ProfileEdit(private=False))
    assert trending(world).find(query(world)).tolist() == [post]


def test_no_list_of_any_source_shows_a_private_post_to_a_stranger(world, for_you):
    """Also lists that were made before the account became private, and the lists of old jobs."""
    ids, fay = world.ids("eve"), world.ids("fay")
    for view in (VIEW_BY_NAME["user_candidates"], USER_DISCOVERIES):
        lists, empty = lists_of_ids([[*ids, *fay]], [[1.0] * 24]), np.zeros((1, view.width), np.float32)
        for_you.online.write_many(
            view, PackedRows(np.array([world.ada]), empty, np.array([world.clock.now()]), lists)
        )
    like(world, ids[0], "ada", "ben", "cleo")
    assert set(ids) <= {item.post.post_id for item in for_you.preview(world.ada, 100).items}
    world.core.profiles.edit(world.people["eve"], ProfileEdit(private=True))
    shown = {item.post.post_id for item in for_you.rank(Request(user_id=world.ada, limit=100)).items}
    assert not shown & set(ids)
    assert shown >= set(fay)


def test_every_source_has_a_name_that_a_model_knows(for_you):
    assert {source.name for source in for_you.gathering.sources} <= set(SOURCES)
