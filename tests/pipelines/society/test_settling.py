"""A play waits for the workers, and longer where a server is away for a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.core import FeedCore
from feed_core.model.errors import Unavailable
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from feed_core.ports.event_log import EventLog
from pipelines.society import settling
from pipelines.society.settling import settle


@pytest.fixture
def core(tmp_path: Path) -> Iterator[FeedCore]:
    """One who follows another, whose post waits to be delivered."""
    core = FeedCore.open(tmp_path)
    ann, ben = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in ("ann", "ben")]))
    core.graph.follow_many([(ann, ben)])
    core.posts.publish_many([NewPost(author_id=ben)])
    assert core.workers.lag()
    yield core
    core.close()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_PAUSE_S", 0.0)


def test_nothing_waits_afterwards(core: FeedCore) -> None:
    settle(core)
    assert core.workers.lag() == 0


@pytest.mark.parametrize("times", [1, 4])
def test_a_server_that_is_away_for_a_moment_is_asked_again(
    core: FeedCore, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    left, commit = [times], type(core.stores.events).commit

    def away(self: EventLog, *arguments: object) -> None:
        if left[0]:
            left[0] -= 1
            raise Unavailable("The log is away.")
        commit(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(type(core.stores.events), "commit", away)
    settle(core)
    assert left == [0]
    assert core.workers.lag() == 0


def test_partitions_that_are_dealt_out_anew_are_waited_for(
    core: FeedCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [0]

    def claim(_self: EventLog, _group: str, _topic: str) -> frozenset[int]:
        asked[0] += 1
        return frozenset({0} if asked[0] > 30 else ())

    monkeypatch.setattr(type(core.stores.events), "claim", claim)
    settle(core)
    assert asked[0] > 30
    assert core.workers.lag() == 0


def test_what_never_comes_is_said(core: FeedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "PATIENCE_S", 0.0)
    monkeypatch.setattr(type(core.stores.events), "claim", lambda *_: frozenset())
    with pytest.raises(Unavailable) as refused:
        settle(core)
    assert "loupe events lag" in refused.value.fix
