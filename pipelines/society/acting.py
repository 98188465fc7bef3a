"""Turns what happened into calls of the feed core's services."""

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewComment
from feed_core.services.edges import Origin, Pair
from pipelines.society.arrays import Ints
from pipelines.society.behaviour import Outcome, Sessions
from pipelines.society.society import Society

_PLAIN = ("like", "save", "hide", "report", "share")
_COMMENTS = ("Love this", "So good", "Where is this?", "Wow", "Teach me", "Made my day", "Need to try this")


def act(core: FeedCore, society: Society, sessions: Sessions, outcome: Outcome, when: Ints) -> int:
    """Report dwells and reactions, write comments, follow; answers how many actions were taken."""
    events = _dwells(society, sessions, outcome, when) + _reactions(society, sessions, outcome, when)
    events.sort(key=lambda event: event.occurred_at or 0)
    core.engagement.record_many(events)
    comments = _comments(society, sessions, outcome)
    core.comments.add_many(comments)
    return len(events) + len(comments) + _follow(core, society, sessions, outcome)


def _dwells(society: Society, sessions: Sessions, outcome: Outcome, when: Ints) -> list[NewEvent]:
    rows, places = np.nonzero(outcome.examined)
    values = outcome.dwell[rows, places].tolist()
    return _events(society, sessions, when, "dwell", rows, places, values)


def _reactions(society: Society, sessions: Sessions, outcome: Outcome, when: Ints) -> list[NewEvent]:
    events = []
    for action in _PLAIN:
        rows, places = np.nonzero(outcome.acted[action])
        events += _events(society, sessions, when, action, rows, places, [0.0] * len(rows))
    return events


def _events(
    society: Society, sessions: Sessions, when: Ints, action: str, rows: Ints, places: Ints,
    values: list[float],
) -> list[NewEvent]:  # fmt: skip
    users = society.user_ids[sessions.persons[rows]].tolist()
    columns = (
        users,
        sessions.post_ids[rows, places].tolist(),
        places.tolist(),
        sessions.decision_ids[rows].tolist(),
        [sessions.surfaces[row] for row in rows.tolist()],
        when[rows, places].tolist(),
        values,
    )
    return [
        NewEvent(
            user_id=user,
            post_id=post,
            action=action,  # type: ignore[arg-type]
            position=place,
            decision_id=decision,
            surface=surface,
            occurred_at=moment,
            value=value,
        )
        for user, post, place, decision, surface, moment, value in zip(*columns, strict=True)
    ]


def _comments(society: Society, sessions: Sessions, outcome: Outcome) -> list[NewComment]:
    rows, places = np.nonzero(outcome.acted["comment"])
    return [
        NewComment(
            post_id=int(sessions.post_ids[row, place]),
            user_id=int(society.user_ids[sessions.persons[row]]),
            text=_COMMENTS[int(sessions.post_ids[row, place] + row) % len(_COMMENTS)],
            decision_id=int(sessions.decision_ids[row]),
            position=place,
            surface=sessions.surfaces[row],
        )
        for row, place in zip(rows.tolist(), places.tolist(), strict=True)
    ]


def _follow(core: FeedCore, society: Society, sessions: Sessions, outcome: Outcome) -> int:
    rows, places = np.nonzero(outcome.acted["follow"])
    if not len(rows):
        return 0
    persons, posts = sessions.persons[rows], sessions.post_ids[rows, places]
    authors = society.catalogue.authors[society.catalogue.rows(posts)]
    pairs = list(zip(*society.user_ids[[persons, authors]].tolist(), strict=True))
    origins: dict[Pair, Origin] = {}
    for pair, post, row in zip(pairs, posts.tolist(), rows.tolist(), strict=True):
        decision = int(sessions.decision_ids[row])
        origins.setdefault(pair, Origin(post, decision, sessions.surfaces[row]))
    core.graph.follow_many(pairs, origins)
    society.following.add(persons, authors)
    return len(rows)
