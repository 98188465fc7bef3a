"""Every read path against one plain rule: who may see this post."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feed_core.api.app import create_app
from feed_core.core import FeedCore
from feed_core.model.clock import SetClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import MediaRef, NewComment, NewPost
from feed_core.model.stories import NewStory
from feed_core.model.timelines import TimelineMode
from feed_core.model.users import NewUser
from feed_core.services.profiles import ProfileEdit
from tests.api_client import client_of

NOW = 1_770_000_000_000
PEOPLE = 4
person = st.integers(0, PEOPLE - 1)
moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["follow", "follow", "unfollow", "block", "unblock", "private", "public", "accept", "decline",
             "delete", "share", "restore", "remove"]
        ),
        person,
        person,
    ),
    max_size=25,
)  # fmt: skip


@dataclass
class Oracle:
    """The rule in its plainest form, over sets of pairs of people by number."""

    follows: set[tuple[int, int]] = field(default_factory=set)
    asked: set[tuple[int, int]] = field(default_factory=set)
    blocks: set[tuple[int, int]] = field(default_factory=set)
    private: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    shared: set[tuple[int, int]] = field(default_factory=set)

    def apart(self, a: int, b: int) -> bool:
        return (a, b) in self.blocks or (b, a) in self.blocks

    def sees(self, reader: int, author: int) -> bool:
        if author in self.gone or self.apart(reader, author):
            return False
        return reader == author or author not in self.private or (reader, author) in self.follows

    def sees_post(self, reader: int, author: int) -> bool:
        """Everybody has one post."""
        return author not in self.removed and self.sees(reader, author)

    def timeline(self, reader: int) -> set[int]:
        vias = {b for a, b in self.follows if a == reader and b not in self.gone and not self.apart(a, b)}
        own = {author for author in vias if self.sees_post(reader, author)}
        return own | {
            author for via, author in self.shared if via in vias and self.sees_post(reader, author)
        } - {reader}


class World:
    """A core with four people, each with a post, a comment by everyone who could write one, and a story."""

    def __init__(self, home: Path, mode: TimelineMode) -> None:
        self.core = FeedCore.open(home, clock=SetClock(NOW), mode=mode, celebrity_threshold=1)
        new = [NewUser(username=f"user{number}") for number in range(PEOPLE)]
        self.ids = [user.user_id for user in self.core.accounts.create_many(new)]
        self.posts = [
            p.post_id for p in self.core.posts.publish_many([NewPost(author_id=i) for i in self.ids])
        ]
        self.core.comments.add_many(
            [NewComment(post_id=post, user_id=user, text="x") for post in self.posts for user in self.ids]
        )
        self.core.engagement.record_many(
            [
                NewEvent(user_id=u, post_id=p, action=a)
                for a in ("like", "save")
                for p in self.posts
                for u in self.ids
            ]
        )
        self.core.stories.publish_many([NewStory(user_id=i, media=MediaRef(url="s")) for i in self.ids])
        self.oracle = Oracle()

    def play(self, move: str, a: int, b: int) -> None:
        core, oracle = self.core, self.oracle
        if a in oracle.gone or (b in oracle.gone and move not in ("private", "public", "delete")):
            return
        who, pair = self.ids[a], (self.ids[a], self.ids[b])
        if move in ("private", "public"):
            core.profiles.edit(who, ProfileEdit(private=move == "private"))
            (oracle.private.add if move == "private" else oracle.private.discard)(a)
            if move == "public":
                oracle.follows |= {edge for edge in oracle.asked if edge[1] == a}
                oracle.asked = {edge for edge in oracle.asked if edge[1] != a}
        elif move == "delete":
            core.profiles.delete(who)
            oracle.gone.add(a)
        elif move == "remove" and a not in oracle.removed:
            core.posts.delete_many(who, [self.posts[a]])
            oracle.removed.add(a)
        elif move == "restore" and a in oracle.removed:
            core.posts.restore(who, self.posts[a])
            oracle.removed.discard(a)
        elif a != b:
            self._play_pair(move, (a, b), pair)

    def _play_pair(self, move: str, edge: tuple[int, int], pair: tuple[int, int]) -> None:
        core, oracle, (a, b) = self.core, self.oracle, edge
        if move == "follow" and not oracle.apart(a, b):
            core.graph.follow_many([pair])
            asking = b in oracle.private and edge not in oracle.follows
            (oracle.asked if asking else oracle.follows).add(edge)
        elif move == "unfollow":
            core.graph.unfollow_many([pair])
            oracle.follows.discard(edge)
        elif move == "block":
            core.graph.block_many([pair])
            oracle.blocks.add(edge)
            oracle.follows -= {edge, (b, a)}
            oracle.asked -= {edge, (b, a)}
        elif move == "unblock":
            core.graph.unblock_many([pair])
            oracle.blocks.discard(edge)
        elif move in ("accept", "decline") and (b, a) in oracle.asked:
            (core.requests.accept if move == "accept" else core.requests.decline)(*pair)
            oracle.asked.discard((b, a))
            oracle.follows |= {(b, a)} if move == "accept" else set()
        elif move == "share" and oracle.sees_post(a, b):
            core.engagement.record_many([NewEvent(user_id=pair[0], post_id=self.posts[b], action="share")])
            oracle.shared.add(edge)


def authors(world: World, answer: Any, key: str = "items") -> set[int]:
    assert answer.status_code == 200, answer.text
    return {world.ids.index(int(item["post"]["author_id"])) for item in answer.json()[key]}


def check_reader(world: World, api: TestClient, reader: int) -> None:
    oracle, me = world.oracle, world.ids[reader]
    as_me = {"reader_id": str(me)}
    seen = {author for author in range(PEOPLE) if oracle.sees_post(reader, author)}
    assert authors(world, api.get(f"/v1/timeline/{me}")) == oracle.timeline(reader)
    assert authors(world, api.get(f"/v1/users/{me}/likes")) == seen
    assert authors(world, api.get(f"/v1/users/{me}/saves")) == seen
    for author, post in enumerate(world.posts):
        expected = 200 if author in seen else 404
        for path in ("", "/counts", "/likes", "/comments"):
            answer = api.get(f"/v1/posts/{post}{path}", params=as_me)
            assert answer.status_code == expected, (path, answer.text)
            if path in ("/likes", "/comments") and expected == 200:
                people = {world.ids.index(int(item["user_id"])) for item in answer.json()["items"]}
                assert people == {
                    one for one in range(PEOPLE) if one not in oracle.gone and not oracle.apart(reader, one)
                }
        check_profile(world, api, reader, author)


def check_profile(world: World, api: TestClient, reader: int, author: int) -> None:
    oracle, as_me = world.oracle, {"reader_id": str(world.ids[reader])}
    hidden = author in oracle.gone or oracle.apart(reader, author)
    for path in ("", "/stats"):
        answer = api.get(f"/v1/users/{world.ids[author]}{path}", params=as_me)
        assert answer.status_code == (404 if hidden else 200)
    expected = 404 if hidden else 200 if oracle.sees(reader, author) else 403
    for path in ("posts", "stories", "followers", "following"):
        answer = api.get(f"/v1/users/{world.ids[author]}/{path}", params=as_me)
        assert answer.status_code == expected, (path, answer.text)
        if path == "posts" and expected == 200:
            assert authors(world, answer) == {author} - oracle.removed


@pytest.mark.parametrize("mode", ["push", "pull", "hybrid"])
@given(history=moves)
@example(history=[("follow", 1, 0), ("remove", 0, 0), ("restore", 0, 0)])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_read_shows_what_the_reader_may_see(
    mode: TimelineMode, history: list[tuple[str, int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        world = World(Path(folder), mode)
        for move in history:
            world.play(*move)
        world.core.drain()
        with client_of(create_app(world.core)) as api:
            for reader in set(range(PEOPLE)) - world.oracle.gone:
                check_reader(world, api, reader)
                check_tray_and_notifications(world, api, reader)
        world.core.close()


def check_tray_and_notifications(world: World, api: TestClient, reader: int) -> None:
    oracle, me = world.oracle, world.ids[reader]
    tray = api.get(f"/v1/users/{me}/story-tray").json()["items"]
    followed = {b for a, b in oracle.follows if a == reader}
    assert {world.ids.index(int(item["user"]["user_id"])) for item in tray} == {
        one for one in followed if oracle.sees(reader, one)
    }
    for item in api.get(f"/v1/users/{me}/notifications").json()["items"]:
        actors = {world.ids.index(int(actor["user_id"])) for actor in item["actors"]}
        assert not {one for one in actors if one in oracle.gone or oracle.apart(reader, one)}
        if item["post_id"] != "0":
            assert oracle.sees_post(reader, world.posts.index(int(item["post_id"])))
