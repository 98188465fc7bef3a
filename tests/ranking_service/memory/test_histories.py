"""What is remembered, over random histories, against plain lists."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from feed_core.model.errors import InvalidInput
from ranking_service.memory.database import FILE_NAME, open_memory
from ranking_service.memory.packing import pack
from ranking_service.memory.served import ServedPosts, ServedRow
from ranking_service.memory.snapshots import Snapshots
from ranking_service.pipeline.pool import NO_IDS
from ranking_service.pipeline.query import Query
from ranking_service.pipeline.ranking import Page
from ranking_service.records import Request
from tests.ranking_service.memory.test_memory import ranking

TTL = 10


@pytest.fixture
def connections(tmp_path):
    connections = open_memory(tmp_path)
    yield connections
    connections.close()


def page(user_id, snapshot_id, now, n=3):
    list_ = ranking(n)
    query = Query(Request(user_id=user_id), now, NO_IDS, NO_IDS, NO_IDS)
    return Page(query, snapshot_id, list_, np.arange(n), snapshot_id, list_, "next")


@pytest.mark.parametrize("seed", range(3))
def test_served_posts_are_those_within_the_time_before_now(connections, seed):
    random, served, rows, now = Random(seed), ServedPosts(connections, TTL), [], 100
    for decision in range(80):
        now += random.choice([0, 0, 1, 4])
        some = [random.randint(1, 20) for _ in range(random.randint(0, 3))]
        new = [ServedRow(random.randint(1, 2), now, decision, some)]
        rows += new
        served.add([*new, *random.sample(rows, min(len(rows), 2))])
        user, at = random.randint(1, 3), now + random.choice([0, 0, 2])
        told = {
            id_ for row in rows for id_ in row.post_ids if row.user_id == user and at - TTL < row.at <= at
        }
        assert served.since(user, at).tolist() == sorted(told), decision


def test_ids_of_all_sizes_come_back_ascending_and_once(connections):
    served, biggest = ServedPosts(connections), (1 << 63) - 1
    served.add(
        [
            ServedRow(biggest, 5, biggest, [biggest, 1]),
            ServedRow(biggest, 5, 1, (1, 2)),
            ServedRow(1, 5, 2, []),
        ]
    )
    assert served.since(biggest, 5).tolist() == [1, 2, biggest]
    assert served.since(1, 5).dtype == np.int64
    served.add([])


def test_whoever_is_not_served_again_keeps_what_others_forget(connections):
    served = ServedPosts(connections, TTL)
    served.add([ServedRow(1, 0, 1, [5]), ServedRow(2, 0, 2, [6])])
    served.add([ServedRow(1, TTL, 3, [7])])
    rows = connections.here().execute("SELECT decision_id FROM served ORDER BY decision_id").fetchall()
    assert rows == [(2,), (3,)]


@pytest.mark.parametrize("seed", range(3))
def test_a_list_is_found_by_its_person_for_as_long_as_it_holds(connections, seed):
    random, snapshots, kept, now = Random(seed), Snapshots(connections, TTL), [], 100
    for id_ in range(1, 40):
        now += random.choice([0, 1, 5])
        kept.append((random.randint(1, 2), id_, now, random.randint(1, 6)))
        user, _, _, n = kept[-1]
        snapshots.keep([page(user, id_, now, n)])
        user, at = random.randint(1, 3), now + random.choice([0, 0, 3])
        alive = [(made, name, n) for who, name, made, n in kept if who == user and at - TTL <= made <= at]
        newest = snapshots.newest(user, at)
        assert (newest and len(newest)) == (max(alive)[2] if alive else None), id_
        for _, name, n in alive:
            assert pack(snapshots.get(name, user, at)) == pack(ranking(n))


@pytest.mark.parametrize(("user", "id_", "now"), [(2, 9, 100), (1, 8, 100), (1, 9, 99), (1, 9, 101 + TTL)])
def test_a_list_of_another_or_of_another_time_has_expired(connections, user, id_, now):
    snapshots = Snapshots(connections, TTL)
    snapshots.keep([page(1, 9, 100)])
    assert len(snapshots.get(9, 1, 100 + TTL)) == 3
    with pytest.raises(InvalidInput, match="expired") as caught:
        snapshots.get(id_, user, now)
    assert "without a cursor" in caught.value.fix


def test_lists_whose_time_is_over_make_room_for_new_ones(connections):
    snapshots = Snapshots(connections, TTL)
    snapshots.keep([page(1, 1, 100), page(2, 2, 101)])
    snapshots.keep([page(3, 3, 101 + TTL)])
    rows = connections.here().execute("SELECT snapshot_id FROM snapshots ORDER BY snapshot_id").fetchall()
    assert rows == [(2,), (3,)]


def test_pages_without_a_following_page_are_not_kept(connections):
    Snapshots(connections).keep([replace(page(1, 1, 100), snapshot=None)])
    assert connections.here().execute("SELECT count(*) FROM snapshots").fetchone() == (0,)


def test_what_was_remembered_is_there_after_a_restart(tmp_path):
    for made in (False, True):
        connections = open_memory(tmp_path / "home")
        served = ServedPosts(connections)
        assert served.since(1, 5).tolist() == ([7] if made else [])
        served.add([ServedRow(1, 5, 1, [7])])
        connections.close()
    assert (tmp_path / "home" / FILE_NAME).is_file()
