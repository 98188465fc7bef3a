"""Reads that are asked again and again while servers die, and which answers to them are right.

What the API calls strong must show every write that was acknowledged before the read began; what it calls
eventual may lag, but must have been so at some moment.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from tests.faults.history import History

Judge = Callable[[dict[str, Any], float, float], Iterable[str]]
"""Given the answer, and when the read began and ended: what is wrong, in words."""
_COUNTED = {"likes": "like", "saves": "save", "shares": "share"}


class Look(NamedTuple):
    """A read and its judge."""

    path: str
    judge: Judge


class Reads:
    """Draws looks at ``people`` and at the posts on the ``board``, by what ``history`` tells."""

    def __init__(self, history: History, people: Sequence[int], board: Sequence[int]) -> None:
        self._history, self._people, self._board = history, people, board

    def draw(self, chance: random.Random) -> Look:
        """Any of them."""
        user, reader = chance.choice(self._people), chance.choice(self._people)
        looks = [
            self.following(user), self.followers(user), self.profile(user), self.posts_of(user),
            self.stats(user), self.timeline(user), self.notifications(user), self.saves(user),
        ]  # fmt: skip
        if self._board:
            post = chance.choice(self._board)
            looks += [self.post(post, reader), self.likes(post), self.counts(post)]
        return chance.choice(looks)

    def following(self, user: int) -> Look:
        return Look(f"/v1/users/{user}/following?limit=100", partial(self._edges, user, True))

    def followers(self, user: int) -> Look:
        return Look(f"/v1/users/{user}/followers?limit=100", partial(self._edges, user, False))

    def profile(self, user: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            yield from _unless(said["bio"], self._history.strong(("bio", user), since, until, ""), "bio")

        return Look(f"/v1/users/{user}", judge)

    def likes(self, post: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            likers = [int(item["user_id"]) for item in said["items"]]
            yield from self._members(likers, self._people, lambda user: ("like", post, user), since, until)

        return Look(f"/v1/posts/{post}/likes?limit=100", judge)

    def saves(self, user: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            saved = [int(item["post"]["post_id"]) for item in said["items"]]
            asked = list(self._board) if not said["next_cursor"] else saved
            yield from self._members(saved, asked, lambda post: ("save", post, user), since, until)

        return Look(f"/v1/users/{user}/saves?limit=100", judge)

    def post(self, post: int, reader: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            liked = self._history.strong(("like", post, reader), since, until)
            yield from _unless(said["liked"], liked, f"liked by {reader}")
            yield from self._caption(said["post"], since, until, own=reader == int(said["post"]["author_id"]))
            yield from self._counts(post, said["counts"], until)

        return Look(f"/v1/posts/{post}?reader_id={reader}", judge)

    def counts(self, post: int) -> Look:
        return Look(f"/v1/posts/{post}/counts", lambda said, _, until: self._counts(post, said, until))

    def posts_of(self, user: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            shown = [item["post"] for item in said["items"]]
            yield from _twice(int(post["post_id"]) for post in shown)
            for post in shown:
                yield from self._caption(post, since, until, own=True)
            missing = set(self._history.about("shown", user)) - {int(post["post_id"]) for post in shown}
            for one in missing if not said["next_cursor"] else ():
                right = self._history.strong(("shown", user, one), since, until, None)
                yield from _unless(None, right, f"the absence of {one}")

        return Look(f"/v1/users/{user}/posts?limit=100&reader_id={user}", judge)

    def stats(self, user: int) -> Look:
        def judge(said: dict[str, Any], _: float, until: float) -> Iterator[str]:
            most = {
                "followers": sum(
                    True in self._history.lagging(("follow", one, user), until) for one in self._people
                ),
                "following": self._history.most(until, "follow", user),
                "posts": len(self._history.about("post", user)),
            }
            yield from (f"{k}: {said[k]}, at most {n}" for k, n in most.items() if not 0 <= said[k] <= n)

        return Look(f"/v1/users/{user}/stats", judge)

    def timeline(self, user: int) -> Look:
        def judge(said: dict[str, Any], since: float, until: float) -> Iterator[str]:
            yield from _twice(int(item["post"]["post_id"]) for item in said["items"])
            for item in said["items"]:
                post, via = int(item["post"]["post_id"]), int(item["via_id"])
                yield from self._caption(item["post"], since, until, own=False)
                if True not in self._history.strong(("follow", user, via), since, until):
                    yield f"{post} through {via}, who is not followed"
                shared = True in self._history.lagging(("share", post, via), until)
                if via != int(item["post"]["author_id"]) and not shared:
                    yield f"{post} through {via}, who did not share it"

        return Look(f"/v1/timeline/{user}?limit=50", judge)

    def notifications(self, user: int) -> Look:
        def judge(said: dict[str, Any], _: float, until: float) -> Iterator[str]:
            yield from _twice((one["kind"], one["post_id"]) for one in said["items"])
            for one in said["items"]:
                for actor in (int(each["user_id"]) for each in one["actors"]):
                    facts = {"like": ("like", int(one["post_id"]), actor), "follow": ("follow", actor, user)}
                    fact = facts.get(one["kind"])
                    if fact is not None and True not in self._history.lagging(fact, until):
                        yield f"{one['kind']} by {actor}, who did not"

        return Look(f"/v1/users/{user}/notifications?limit=100", judge)

    def _edges(self, user: int, out: bool, said: dict[str, Any], since: float, until: float) -> Iterator[str]:
        ids = [int(item["user_id"]) for item in said["items"]]
        others = [one for one in self._people if one != user]
        yield from self._members(
            ids, others, lambda one: ("follow", user, one) if out else ("follow", one, user), since, until
        )

    def _members(
        self, found: Sequence[int], asked: Sequence[int], fact: Callable[[int], tuple[Any, ...]],
        since: float, until: float,
    ) -> Iterator[str]:  # fmt: skip
        """Whether exactly those are there who should be."""
        yield from _twice(found)
        yield from (f"{one} is unknown" for one in set(found) - set(asked))
        for one in asked:
            yield from _unless(one in found, self._history.strong(fact(one), since, until), f"{fact(one)}")

    def _counts(self, post: int, said: dict[str, Any], until: float) -> Iterator[str]:
        most = {field: self._history.most(until, kind, post) for field, kind in _COUNTED.items()}
        most["comments"] = len(self._history.about("comment", post))
        yield from (f"{k}: {said[k]}, at most {n}" for k, n in most.items() if not 0 <= said[k] <= n)

    def _caption(self, post: dict[str, Any], since: float, until: float, *, own: bool) -> Iterator[str]:
        """What a post says; one whose publication is not acknowledged yet is known by what it says."""
        author, id_, caption = int(post["author_id"]), int(post["post_id"]), post["caption"]
        if id_ not in self._history.about("shown", author):
            fact = ("post", author, caption)
            if self._history.strong(fact, since, until) != {False, True}:
                yield f"post {id_} ({caption!r}), which nobody has published"
            return
        fact = ("shown", author, id_)
        right = self._history.strong(fact, since, until, None)
        if not own:
            gone = right == {None}  # a deletion is seen by everybody at once
            right = self._history.lagging(fact, until, None) if not gone else right
        yield from _unless(caption, right, f"the caption of {id_}")


def _unless(said: object, right: set[object], what: str) -> Iterator[str]:
    if said not in right:
        yield f"{what}: {said!r} instead of {' or '.join(sorted(map(repr, right)))}"


def _twice(things: Iterable[object]) -> Iterator[str]:
    yield from (f"{thing} {times} times" for thing, times in Counter(things).items() if times > 1)
