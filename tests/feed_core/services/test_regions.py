"""Two regions that both take writes come to know the same, whatever happens in which and when they talk."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.errors import InvalidInput
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost, PostCounts
from feed_core.model.users import NewUser
from feed_core.services.profiles import ProfileEdit
from feed_core.services.regions import Told, settle

NOW = 1_770_000_000_000
REGIONS = ("eu", "us")
LEAVER = 4
"""Of the people: writes nothing but their profile, and may leave."""
EDITS: dict[str, tuple[str | bool, str | bool]] = {
    "bio": ("x", "y"),
    "full_name": ("p", "q"),
    "private": (True, False),
}
writer = st.integers(1, LEAVER)
"""Not the posts' author, who would hide them from whoever likes them."""
region, person, post = st.sampled_from(REGIONS), st.integers(0, 3), st.integers(0, 1)


def two_regions(folder: Path) -> tuple[dict[str, FeedCore], list[int], list[int]]:
    """Regions that began as copies of one home, its people and its two posts, which nobody likes yet."""
    core = FeedCore.open(folder / "eu", clock=SetClock(NOW))
    people = [user.user_id for user in core.accounts.create_many([NewUser(username=n) for n in "abcde"])]
    posts = [each.post_id for each in core.posts.publish_many([NewPost(author_id=people[0])] * 2)]
    core.close()
    shutil.copytree(folder / "eu", folder / "us")
    return (
        {name: FeedCore.open(folder / name, clock=SetClock(NOW), region=name) for name in REGIONS},
        people,
        posts,
    )


class Histories(RuleBasedStateMachine):
    """Edits, likes and talks in any order. A person likes in one region, which is theirs; the last leaves."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.cores, self.people, self.posts = two_regions(Path(self.folder.name))
        self.likes: set[tuple[int, int]] = set()
        self.written = dict[tuple[int, str], str | bool]()
        self.left = False
        self.now, self.languages = NOW, set[str]()

    def later(self) -> None:
        self.now += 1
        for core in self.cores.values():
            core.clock.set(self.now)  # type: ignore[attr-defined]

    @rule(who=person, which=post, back=st.booleans())
    def like(self, who: int, which: int, back: bool) -> None:
        self.later()
        core, pair = self.cores[REGIONS[who % 2]], (self.people[who], self.posts[which])
        action = "unlike" if back else "like"
        core.engagement.record_many([NewEvent(user_id=pair[0], post_id=pair[1], action=action)])  # type: ignore[arg-type]
        self.likes = self.likes - {pair} if back else self.likes | {pair}

    @rule(where=region, who=writer, field=st.sampled_from(sorted(EDITS)), pick=st.integers(0, 1))
    def edit_profile(self, where: str, who: int, field: str, pick: int) -> None:
        self.later()
        core, id_, value = self.cores[where], self.people[who], EDITS[field][pick]
        found = core.stores.accounts.get_many([id_])[id_]
        if not found.deleted_at and getattr(found, field) != value:
            core.profiles.edit(id_, ProfileEdit(**{field: value}))  # type: ignore[arg-type]
            self.written[who, field] = value

    @precondition(lambda self: not self.left)
    @rule(where=region)
    def leave(self, where: str) -> None:
        self.later()
        self.cores[where].profiles.delete(self.people[LEAVER])
        self.left = True

    @rule(where=region, words=st.sets(st.sampled_from("pq"), max_size=2), likes=st.booleans())
    def edit_settings(self, where: str, words: set[str], likes: bool) -> None:
        self.later()
        changes = {"muted_words": sorted(words), "notify_likes": likes}
        self.cores[where].settings.edit(self.people[0], changes)

    @rule(heard=st.booleans())
    def talk(self, heard: bool) -> None:
        """``heard``: the way back works, too; else one region alone learns."""
        self.later()
        eu, us = (self.cores[name].regions for name in REGIONS)
        if heard:
            assert settle(eu, us, at_once=3)[1] == 2
        else:
            us.take_over(eu.tell_people(self.people))
            us.take_over(eu.tell_posts(self.posts))

    def teardown(self) -> None:
        if not hasattr(self, "cores"):
            return
        self.later()
        settle(self.cores["us"].regions, self.cores["eu"].regions)
        staying = self.people[:LEAVER]
        answers = [known(core, staying, self.posts) for core in self.cores.values()]
        for core in self.cores.values():
            assert core.stores.accounts.existing(self.people) == set(staying if self.left else self.people)
            assert core.repair.recount_all() == 0
            core.close()
        self.folder.cleanup()
        assert answers[0] == answers[1]
        for id_ in self.posts:
            assert answers[0][1][id_] == PostCounts(likes=sum(post_id == id_ for _, post_id in self.likes))
        for (who, field), value in self.written.items():
            if who < LEAVER:
                assert getattr(answers[0][0][who], field) == value


def known(
    core: FeedCore, people: list[int], posts: list[int]
) -> tuple[list[object], dict[int, PostCounts], object]:
    """All that one region shows of what both should know."""
    users = core.accounts.get_many(people)
    return [users[id_] for id_ in people], core.posts.counts_many(posts), core.settings.get(people[0])


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)  # fmt: skip


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[FeedCore, FeedCore, list[int], list[int]]]:
    cores, people, posts = two_regions(tmp_path)
    yield cores["eu"], cores["us"], people, posts
    for core in cores.values():
        core.close()


def test_counts_fall_with_the_region_that_counted_them(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]],
) -> None:
    eu, us, people, (post_id, _) = apart
    seen = []
    for action in ("like", "unlike", "like"):
        eu.clock.set(eu.clock.now() + 1)  # type: ignore[attr-defined]
        eu.engagement.record_many([NewEvent(user_id=people[1], post_id=post_id, action=action)])  # type: ignore[arg-type]
        settle(eu.regions, us.regions)
        seen.append(us.posts.counts_many([post_id])[post_id].likes)
    assert seen == [1, 0, 1]


def test_what_was_heard_is_told_on_where_nothing_was_counted(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]], tmp_path: Path
) -> None:
    eu, us, people, (post_id, _) = apart
    shutil.copytree(tmp_path / "us", tmp_path / "ap")
    ap = FeedCore.open(tmp_path / "ap", clock=SetClock(NOW), region="ap")
    eu.engagement.record_many([NewEvent(user_id=people[1], post_id=post_id, action="like")])
    settle(eu.regions, us.regions)
    settle(us.regions, ap.regions)
    seen = [core.posts.counts_many([post_id])[post_id].likes for core in (eu, us, ap)]
    ap.close()
    assert seen == [1, 1, 1]


def test_what_is_here_alone_is_not_taken_over(apart: tuple[FeedCore, FeedCore, list[int], list[int]]) -> None:
    eu, us, _, _ = apart
    new = eu.accounts.create_many([NewUser(username="new")])[0].user_id
    made = eu.posts.publish_many([NewPost(author_id=new)])[0].post_id
    eu.settings.edit(new, {"language": "de"})
    settle(eu.regions, us.regions)
    assert us.accounts.get_many([new]) == {}
    assert us.stores.settings.get_many([new]) == {}
    assert us.stores.region_counts.get_many([made]) == {}


def test_a_deletion_in_one_region_reaches_the_other_from_either_side(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]],
) -> None:
    eu, us, people, _ = apart
    eu.profiles.delete(people[2])
    us.profiles.delete(people[3])
    settle(eu.regions, us.regions)
    for core in (eu, us):
        assert core.stores.accounts.existing(people) == {*people[:2], people[4]}


def test_an_edit_in_one_region_undoes_nothing_that_another_said(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]],
) -> None:
    eu, us, people, _ = apart
    eu.profiles.delete(people[2])
    eu.profiles.edit(people[3], ProfileEdit(private=True))
    us.clock.set(NOW + 9)  # type: ignore[attr-defined]
    for id_ in people[2:4]:
        us.profiles.edit(id_, ProfileEdit(bio="later"))
    settle(eu.regions, us.regions)
    for core in (eu, us):
        found = core.stores.accounts.get_many(people)
        assert people[2] not in core.stores.accounts.existing(people)
        assert (found[people[3]].private, found[people[3]].bio) == (True, "later")


def test_a_region_alone_adds_nothing_up(apart: tuple[FeedCore, FeedCore, list[int], list[int]]) -> None:
    eu, _, _, (post_id, _) = apart
    eu.regions.take_over(
        Told(counts={post_id: {"us": (5, PostCounts(likes=3)), "eu": (9, PostCounts(likes=9))}})
    )
    assert eu.posts.counts_many([post_id])[post_id] == PostCounts(likes=3)
    alone = FeedCore.over(eu.stores, clock=eu.clock)
    assert alone.posts.counts_many([post_id])[post_id] == PostCounts()


@pytest.mark.parametrize("names", [("", ""), ("", "us"), ("eu", ""), ("eu", "eu")])
def test_regions_without_two_names_are_not_settled(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]], names: tuple[str, str]
) -> None:
    cores = [
        FeedCore.over(core.stores, clock=core.clock, region=name)
        for core, name in zip(apart[:2], names, strict=True)
    ]
    with pytest.raises(InvalidInput, match="two names"):
        settle(cores[0].regions, cores[1].regions)


def test_what_others_counted_goes_with_the_post(
    apart: tuple[FeedCore, FeedCore, list[int], list[int]],
) -> None:
    eu, _, people, posts = apart
    eu.regions.take_over(Told(counts={id_: {"us": (5, PostCounts(likes=3))} for id_ in posts}))
    eu.posts.delete_many(people[0], posts[:1])
    eu.clock.set(NOW + 40 * 86_400_000)  # type: ignore[attr-defined]
    assert eu.archive.run() == (1, 0)
    assert eu.stores.region_counts.get_many(posts).keys() == {posts[1]}
