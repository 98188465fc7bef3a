"""People sign up once, follow whom they planned to, and newcomers do so on their day."""

import numpy as np
import pytest

from feed_core.model.clock import DAY
from feed_core.model.errors import Conflict
from pipelines.society.play import start
from pipelines.society.signing_up import sign_up
from tests.pipelines.society.conftest import Played, World


def _edges(played: World) -> set[tuple[int, int]]:
    ids = [int(id_) for id_ in played.society.user_ids if id_ > 0]
    return {
        (user, target) for user, targets in played.core.graph.following(ids).items() for target in targets
    }


def _believed(played: World) -> set[tuple[int, int]]:
    sources, targets = played.society.following.arrays()
    ids = played.society.user_ids
    return set(zip(ids[sources].tolist(), ids[targets].tolist(), strict=True))


def test_everyone_who_is_there_from_the_start_signs_up(moved_in: World) -> None:
    society = moved_in.society
    there = society.user_ids > 0
    assert np.array_equal(there, ~society.is_newcomer())
    users = moved_in.core.accounts.get_many(society.user_ids[there].tolist())
    assert len(users) == there.sum()
    assert all(user.created_at == society.config.start_ms - 2 * DAY for user in users.values())


def test_the_core_and_the_society_agree_on_who_follows_whom(moved_in: World) -> None:
    assert _edges(moved_in) == _believed(moved_in)
    late = np.flatnonzero(moved_in.society.is_newcomer())
    sign_up(moved_in.core, moved_in.society, late[:2])
    assert _edges(moved_in) == _believed(moved_in)
    assert moved_in.society.user_ids[late[0]] > 0


def test_once_all_have_joined_every_planned_follow_is_there(moved_in: World) -> None:
    society = moved_in.society
    sign_up(moved_in.core, society, np.flatnonzero(society.is_newcomer()))
    assert len(_edges(moved_in)) == len(society.planned_follows[0])


def test_after_a_play_they_still_agree(played: Played) -> None:
    assert _edges(played) == _believed(played)
    joined = played.society.people.joined_at <= played.clock.now() - played.society.config.tick_ms
    assert (played.society.user_ids[joined] > 0).all()


def test_nobody_signing_up_writes_nothing(moved_in: World) -> None:
    before = moved_in.core.stores.events.end("graph")
    sign_up(moved_in.core, moved_in.society, np.empty(0, np.int64))
    assert moved_in.core.stores.events.end("graph") == before


def test_a_home_that_is_lived_in_is_refused(moved_in: World) -> None:
    with pytest.raises(Conflict, match="already"):
        start(moved_in.core, moved_in.clock, moved_in.society)
