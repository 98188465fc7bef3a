"""What is known about the person who asks."""

import pytest

from feed_core.model.errors import InvalidInput, NotFound
from ranking_service.pipeline.budget import Budget
from ranking_service.pipeline.metrics import RankMetrics
from ranking_service.pipeline.trace import Trace
from ranking_service.records import Request


@pytest.fixture
def notes():
    return Trace(RankMetrics(), Budget(None), 1)


@pytest.fixture
def person(for_you):
    return for_you.person


def test_a_query_knows_follows_and_whom_not_to_show(world, person, notes):
    ben, cleo, eve, fay = (world.people[name] for name in ("ben", "cleo", "eve", "fay"))
    world.core.graph.block_many([(eve, world.ada)])
    world.core.graph.mute_many([(world.ada, fay), (cleo, world.ada)])
    query = person.query(Request(user_id=world.ada), notes)
    assert ben in query.following.tolist()
    assert query.hidden.tolist() == sorted([cleo, eve, fay])
    assert query.served.tolist() == []
    assert query.now == world.clock.now()


def test_a_request_may_bring_its_own_time(world, person, notes):
    assert person.query(Request(user_id=world.ada, now=5), notes).now == 5


def test_what_cannot_be_read_is_unknown_and_not_empty(world, person, notes, monkeypatch):
    def fails(*_):
        raise OSError("disk")

    monkeypatch.setattr(type(world.core.graph), "apart_from", fails)
    monkeypatch.setattr(type(world.core.graph), "following", fails)
    query = person.query(Request(user_id=world.ada), notes)
    assert query.hidden is None
    assert query.following.tolist() == []
    assert notes.failures == ["hydration/following", "hydration/hidden"]


@pytest.mark.parametrize(("user_id", "error"), [(-1, InvalidInput), (0, InvalidInput), (12345, NotFound)])
def test_who_is_not_there_is_told(person, notes, user_id, error):
    with pytest.raises(error):
        person.query(Request(user_id=user_id), notes)
