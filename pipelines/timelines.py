"""The timelines of a few people, newest first and ranked, so that two runs can be compared by them."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from feed_core.core import FeedCore
from feed_core.model.users import User
from pipelines.report import Timeline
from ranking_service.for_you import ForYou

PEOPLE = 8
_FIRST, _PAGE, _MOST = 5, 100, 500


def sample_timelines(for_you: ForYou, seed: int) -> tuple[Timeline, ...]:
    """What ``PEOPLE`` people whom ``seed`` chooses are shown now, a pair of timelines each.

    Nothing is logged. Raises ``Corrupt`` and ``Unavailable`` as the stores do.
    """
    for_you.freshness.catch_up()
    return tuple(_timelines(for_you, chosen(for_you.core, seed)))


def chosen(core: FeedCore, seed: int, people: int = PEOPLE) -> list[User]:
    """That many people, or all where there are fewer, in order of id."""
    everybody, last = list[User](), 0
    while page := core.accounts.page(last, 1_000):
        everybody += page
        last = page[-1].user_id
    rows = np.random.default_rng(seed).permutation(len(everybody))[:people]
    return [everybody[row] for row in sorted(rows.tolist())]


def _timelines(for_you: ForYou, people: Sequence[User]) -> Iterator[Timeline]:
    for person in people:
        yield timeline(person, "chronological", _newest_first(for_you.core, person.user_id))
        ranked = for_you.preview(person.user_id, limit=_PAGE)
        yield timeline(person, "ranked", [item.post.post_id for item in ranked.items])


def timeline(person: User, order: Literal["chronological", "ranked"], post_ids: Sequence[int]) -> Timeline:
    """The entry of the report for these posts in this order."""
    digest = hashlib.sha256(np.array(post_ids, "<i8").tobytes()).hexdigest()
    return Timeline(
        user_id=str(person.user_id), username=person.username, order=order, length=len(post_ids),
        digest=digest[:16], first=tuple(map(str, post_ids[:_FIRST])),
    )  # fmt: skip


def _newest_first(core: FeedCore, user_id: int) -> list[int]:
    found, cursor = list[int](), ""
    while len(found) < _MOST:
        page = core.timelines.page(user_id, limit=_PAGE, cursor=cursor)
        found += [entry.post_id for entry in page.entries]
        cursor = page.next_cursor or ""
        if not cursor:
            break
    return found
