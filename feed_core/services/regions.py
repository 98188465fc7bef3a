"""Two regions that both took writes are brought together, each kind of thing by the rule that suits it.

Profile fields by last-write-wins, settings by vector clocks, counts of posts by the sum of what each region
counted. Everything may be told again, late and in any order.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import msgspec

from feed_core.model.clock import Clock
from feed_core.model.conflicts.counts import Counted, added, total
from feed_core.model.errors import InvalidInput
from feed_core.model.posts import PostCounts
from feed_core.model.settings import StoredSettings
from feed_core.model.users import User
from feed_core.ports.accounts import Accounts
from feed_core.ports.posts import Posts
from feed_core.ports.region_counts import RegionCounts
from feed_core.ports.transactions import Transactions
from feed_core.services.user_settings import SettingsService


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What one region says about some people and posts."""

    users: tuple[User, ...] = ()
    settings: dict[int, StoredSettings] = {}
    counts: dict[int, Counted] = {}


@dataclass(frozen=True)
class RegionService:
    """One region's side. ``region`` is "" where there is no other: then its own counts are all there are."""

    region: str
    accounts: Accounts
    settings: SettingsService
    posts: Posts
    elsewhere: RegionCounts
    transactions: Transactions
    clock: Clock

    def counts_many(self, post_ids: Collection[int]) -> dict[int, PostCounts]:
        """Counts of every post that was asked for, of all regions; zeros where nothing was counted."""
        own = self.posts.counts_many(post_ids)
        others = self.elsewhere.get_many(post_ids) if self.region else {}
        none = PostCounts()
        return {
            id_: added(own.get(id_, none), total(others[id_])) if id_ in others else own.get(id_, none)
            for id_ in post_ids
        }

    def tell_people(self, user_ids: Collection[int]) -> Told:
        """Profiles and settings."""
        users = self.accounts.get_many(user_ids)
        return Told(users=tuple(users.values()), settings=self.settings.stored(users))

    def tell_posts(self, post_ids: Collection[int]) -> Told:
        """What this region counted up to now, and what it has heard from others."""
        now, others = self.clock.now(), self.elsewhere.get_many(post_ids)
        own, none = self.posts.counts_many(post_ids), PostCounts()
        return Told(
            counts={
                id_: {**others.get(id_, {}), self.region: (now, own.get(id_, none))}
                for id_ in own.keys() | others.keys()
            }
        )

    def take_over(self, told: Told) -> None:
        """Bring in what another region says about people and posts that are here too."""
        people = self.accounts.get_many([user.user_id for user in told.users])
        with self.transactions.transaction(people):
            self.accounts.put([user for user in told.users if user.user_id in people])
            self.settings.take_over({id_: row for id_, row in told.settings.items() if id_ in people})
        posts = self.posts.get_many(told.counts)
        others = {id_: _without(told.counts[id_], self.region) for id_ in posts}
        self.elsewhere.put({id_: counted for id_, counted in others.items() if counted})


def settle(here: RegionService, there: RegionService, at_once: int = 100) -> tuple[int, int]:
    """Tell each region everything that the other knows; answers of how many people and posts.

    A post or person that one of them does not have is left out. Raises ``InvalidInput`` when they do not
    have two names, as each would take the other's counts for its own.
    """
    if not here.region or not there.region or here.region == there.region:
        raise InvalidInput(
            f"The regions {here.region!r} and {there.region!r} do not have two names.",
            fix="Set LOUPE_REGION for each.",
        )
    people = sum(
        _exchange(here, there, here.tell_people, there.tell_people, ids) for ids in _people(here, at_once)
    )
    for ids in _people(there, at_once):  # those that were deleted here
        _exchange(here, there, here.tell_people, there.tell_people, ids)
    posts = sum(
        _exchange(here, there, here.tell_posts, there.tell_posts, ids) for ids in _posts(here, at_once)
    )
    return people, posts


Tell = Callable[[Collection[int]], Told]


def _exchange(here: RegionService, there: RegionService, mine: Tell, theirs: Tell, ids: list[int]) -> int:
    said, heard = mine(ids), theirs(ids)
    there.take_over(said)
    here.take_over(heard)
    return len(ids)


def _people(region: RegionService, at_once: int) -> Iterator[list[int]]:
    last = 0
    while users := region.accounts.page(last, at_once):
        last = users[-1].user_id
        yield [user.user_id for user in users]


def _posts(region: RegionService, at_once: int) -> Iterator[list[int]]:
    last = 0
    while posts := region.posts.page(last, at_once):
        last = posts[-1].post_id
        yield [post.post_id for post in posts]


def _without(counted: Counted, region: str) -> Counted:
    """Nobody knows a region's own counts better than itself."""
    return {name: counts for name, counts in counted.items() if name != region}
