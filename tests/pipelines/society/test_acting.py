"""What people did reaches the log as it happened, on the surface where they were shown it."""

import msgspec
import numpy as np

from feed_core.model.clock import HOUR
from feed_core.model.events import Event
from pipelines.society.acting import act
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.publishing import publish
from tests.pipelines.society.conftest import World

SURFACES = ("for_you", "timeline", "explore")
ACTIONS = ("like", "comment", "share", "save", "hide", "report", "follow")


def _logged(world: World) -> list[Event]:
    log, records = world.core.stores.events, []
    for topic in ("engagement", "graph"):
        records += log.read(topic, log.committed("nobody", topic), 9_999)  # type: ignore[arg-type]
    return [msgspec.msgpack.decode(record.body, type=Event) for record in records]


def test_each_action_carries_the_surface_of_the_list_it_answers(moved_in: World) -> None:
    society, now = moved_in.society, moved_in.clock.now() + 8 * HOUR
    moved_in.clock.set(now)
    publish(moved_in.core, society, now, 8)
    authors = society.catalogue.authors
    strangers = np.flatnonzero((society.user_ids > 0) & ~np.isin(np.arange(len(society.user_ids)), authors))[
        :3
    ]
    posts = np.array([_of_no_followee(moved_in, int(person)) for person in strangers])[:, None]
    sessions = Sessions(strangers, posts, np.array([11, 12, 13]), SURFACES)
    yes = np.ones(posts.shape, np.bool_)
    outcome = Outcome(yes, np.full(posts.shape, 900.0), dict.fromkeys(ACTIONS, yes))
    assert act(moved_in.core, society, sessions, outcome, np.full(posts.shape, now)) == 3 * (len(ACTIONS) + 1)
    events = [event for event in _logged(moved_in) if event.decision_id]
    surface_of = dict(zip((11, 12, 13), SURFACES, strict=True))
    assert sorted(event.action for event in events) == sorted([*ACTIONS, "dwell"] * 3)
    assert all(event.surface == surface_of[event.decision_id] for event in events)


def _of_no_followee(world: World, person: int) -> int:
    catalogue = world.society.catalogue
    new = ~world.society.following.has(np.full(len(catalogue.authors), person), catalogue.authors)
    return int(catalogue.post_ids[new][0])
