"""Lets people sign up and make their first follows, through the feed core's services."""

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.users import NewUser
from pipelines.society.arrays import Ints
from pipelines.society.names import full_names, usernames
from pipelines.society.randomness import Purpose, stream
from pipelines.society.society import Society
from pipelines.society.vocabulary import PLACES

_BATCH = 5_000


def sign_up(core: FeedCore, society: Society, persons: Ints) -> None:
    """Create accounts for ``persons`` at the core's clock, then every follow whose both ends exist."""
    if not len(persons):
        return
    names = full_names(stream(society.seed, Purpose.PEOPLE, 1), society.config.people)
    handles = usernames(names)
    users = core.accounts.create_many(
        [
            NewUser(
                username=handles[person],
                full_name=names[person],
                bio=PLACES[society.people.place[person]].name,
            )
            for person in persons.tolist()
        ]
    )
    society.user_ids[persons] = [user.user_id for user in users]
    _follow(core, society, persons)


def _follow(core: FeedCore, society: Society, fresh: Ints) -> None:
    sources, targets = society.planned_follows
    ids = society.user_ids
    ready = (ids[sources] > 0) & (ids[targets] > 0) & (np.isin(sources, fresh) | np.isin(targets, fresh))
    sources, targets = sources[ready], targets[ready]
    pairs = list(zip(ids[sources].tolist(), ids[targets].tolist(), strict=True))
    for start in range(0, len(pairs), _BATCH):
        core.graph.follow_many(pairs[start : start + _BATCH])
    society.following.add(sources, targets)
