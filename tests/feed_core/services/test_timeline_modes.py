"""Push, pull and hybrid give the same timeline after any history, and that is the plain definition's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, SetClock
from feed_core.model.errors import Forbidden
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.timelines import Entry, TimelineMode
from feed_core.model.users import NewUser

START = 1_790_000_000_000
PEOPLE = 6
MODES: tuple[TimelineMode, ...] = ("pull", "push", "hybrid")
person = st.integers(0, PEOPLE - 1)
pair = st.tuples(person, person).filter(lambda two: two[0] != two[1])


class Society:
    """The plain definition of a timeline, over plain sets; the oracle."""

    def __init__(self) -> None:
        self.follows: set[tuple[int, int]] = set()
        self.blocks: set[tuple[int, int]] = set()
        self.mutes: set[tuple[int, int]] = set()
        self.entries: dict[tuple[int, int], Entry] = {}

    def timeline(self, reader: int, since: int) -> list[Entry]:
        hidden = {b for a, b in self.blocks | self.mutes if a == reader}
        hidden |= {a for a, b in self.blocks if b == reader}
        newest: dict[int, Entry] = {}
        for entry in self.entries.values():
            seen = (reader, entry.via_id) in self.follows and entry.author_id != reader
            if seen and not hidden & {entry.via_id, entry.author_id} and entry.delivered_at >= since:
                best = newest.get(entry.post_id, entry)
                newest[entry.post_id] = max(best, entry, key=lambda e: (e.delivered_at, e.via_id))
        return sorted(newest.values(), key=lambda e: (e.delivered_at, e.post_id, e.via_id), reverse=True)


class TimelineHistories(RuleBasedStateMachine):
    """The same history through three feed cores, one per mode, and through the oracle."""

    @initialize()
    def open_cores(self) -> None:
        self.folder = TemporaryDirectory()
        self.clock = SetClock(START)
        self.cores = {
            mode: FeedCore.open(
                Path(self.folder.name) / mode, clock=SetClock(START), mode=mode, celebrity_threshold=2
            )
            for mode in MODES
        }
        self.society = Society()
        for core in self.cores.values():
            made = core.accounts.create_many([NewUser(username=f"person{i}") for i in range(PEOPLE)])
            self.ids = [user.user_id for user in made]
        self.post_ids: list[int] = []

    def each(self) -> Iterator[FeedCore]:
        for core in self.cores.values():
            core.clock.set(self.clock.now())  # type: ignore[attr-defined]
            yield core

    def named(self, two: tuple[int, int]) -> tuple[int, int]:
        return self.ids[two[0]], self.ids[two[1]]

    @rule(hours=st.sampled_from([0, 1, 24, 24 * 13]))
    def time_passes(self, hours: int) -> None:
        self.clock.set(self.clock.now() + hours * HOUR)

    @rule(author=person, ago=st.sampled_from([0, 1, 1, 48]))
    def publish(self, author: int, ago: int) -> None:
        at = self.clock.now() - ago * HOUR
        for core in self.each():
            (post,) = core.posts.publish_many([NewPost(author_id=self.ids[author], created_at=at)])
        self.post_ids.append(post.post_id)
        self.society.entries[post.author_id, post.post_id] = Entry(
            delivered_at=at, post_id=post.post_id, via_id=post.author_id, author_id=post.author_id
        )

    @precondition(lambda self: self.post_ids)
    @rule(by=person, which=st.integers(0, 30), ago=st.sampled_from([0, 1]))
    def share(self, by: int, which: int, ago: int) -> None:
        post_id, user_id = self.post_ids[which % len(self.post_ids)], self.ids[by]
        author_id = next(e.author_id for (_, p), e in self.society.entries.items() if p == post_id)
        if {(user_id, author_id), (author_id, user_id)} & self.society.blocks:
            return
        at = self.clock.now() - ago * HOUR
        for core in self.each():
            core.engagement.record_many(
                [NewEvent(user_id=user_id, post_id=post_id, action="share", occurred_at=at)] * 2
            )
        self.society.entries.setdefault(
            (user_id, post_id), Entry(delivered_at=at, post_id=post_id, via_id=user_id, author_id=author_id)
        )

    @precondition(lambda self: self.post_ids)
    @rule(which=st.integers(0, 30))
    def delete(self, which: int) -> None:
        post_id = self.post_ids.pop(which % len(self.post_ids))
        author_id = next(e.author_id for (_, p), e in self.society.entries.items() if p == post_id)
        for core in self.each():
            core.posts.delete_many(author_id, [post_id])
        self.society.entries = {k: e for k, e in self.society.entries.items() if k[1] != post_id}

    @rule(two=pair)
    def follow(self, two: tuple[int, int]) -> None:
        pair = self.named(two)
        refused = bool({pair, pair[::-1]} & self.society.blocks)
        for core in self.each():
            try:
                core.graph.follow_many([pair])
            except Forbidden:
                assert refused
        self.society.follows |= set() if refused else {pair}

    @rule(two=pair)
    def unfollow(self, two: tuple[int, int]) -> None:
        for core in self.each():
            core.graph.unfollow_many([self.named(two)])
        self.society.follows -= {self.named(two)}

    @rule(two=pair)
    def block(self, two: tuple[int, int]) -> None:
        pair = self.named(two)
        for core in self.each():
            core.graph.block_many([pair])
        self.society.blocks |= {pair}
        self.society.follows -= {pair, pair[::-1]}

    @rule(two=pair)
    def unblock(self, two: tuple[int, int]) -> None:
        for core in self.each():
            core.graph.unblock_many([self.named(two)])
        self.society.blocks -= {self.named(two)}

    @rule(two=pair)
    def mute(self, two: tuple[int, int]) -> None:
        for core in self.each():
            core.graph.mute_many([self.named(two)])
        self.society.mutes |= {self.named(two)}

    @rule(two=pair)
    def unmute(self, two: tuple[int, int]) -> None:
        for core in self.each():
            core.graph.unmute_many([self.named(two)])
        self.society.mutes -= {self.named(two)}

    @rule()
    def workers_take_one_turn(self) -> None:
        for core in self.each():
            for consumer in reversed(core.workers.consumers):
                consumer.step()

    @rule(limit=st.integers(1, 4))
    def everyone_reads(self, limit: int) -> None:
        since = self.clock.now() - 30 * DAY
        for core in self.each():
            core.drain()
            for reader in self.ids:
                assert pages(core, reader, limit) == self.society.timeline(reader, since)

    def teardown(self) -> None:
        if hasattr(self, "cores"):
            self.everyone_reads(limit=3)
            for core in self.cores.values():
                core.close()
            self.folder.cleanup()


def pages(core: FeedCore, reader: int, limit: int) -> list[Entry]:
    """The whole timeline, page by page."""
    page = core.timelines.page(reader, limit)
    entries = list(page.entries)
    while page.next_cursor:
        assert len(page.entries) == limit
        page = core.timelines.page(reader, limit, page.next_cursor)
        assert page.entries
        entries.extend(page.entries)
    return entries


TestTimelineHistories = TimelineHistories.TestCase
TestTimelineHistories.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@pytest.mark.parametrize("seed", range(24))
def test_dense_histories_give_the_same_timeline_in_every_mode(seed: int) -> None:
    """Many follows and shares, few hours: posts come through several people, pages are short."""
    rng = Random(seed)
    history = TimelineHistories()
    history.open_cores()

    def two() -> tuple[int, int]:
        first, second = rng.sample(range(PEOPLE), 2)
        return first, second

    def one() -> int:
        return rng.randrange(PEOPLE)

    acts: list[tuple[int, Callable[[], None]]] = [
        (14, lambda: history.follow(two=two())),
        (5, lambda: history.unfollow(two=two())),
        (10, lambda: history.publish(author=one(), ago=rng.choice([0, 0, 1, 48]))),
        (20, lambda: history.share(by=one(), which=rng.randrange(30), ago=rng.choice([0, 1]))),
        (2, lambda: history.delete(which=rng.randrange(30))),
        (2, lambda: history.block(two=two())),
        (2, lambda: history.unblock(two=two())),
        (3, lambda: history.mute(two=two())),
        (3, lambda: history.unmute(two=two())),
        (6, lambda: history.time_passes(hours=rng.choice([1, 1, 24, 24 * 13]))),
        (8, history.workers_take_one_turn),
        (4, lambda: history.everyone_reads(limit=rng.randint(1, 4))),
    ]
    try:
        for act in rng.choices([act for _, act in acts], [weight for weight, _ in acts], k=150):
            if history.post_ids or act not in (acts[3][1], acts[4][1]):
                act()
    finally:
        history.teardown()
