"""People who write without rest, and look after each write whether their own things are as they left them."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tests.faults.client import Client, WrongAnswer
from tests.faults.expected import Expected
from tests.faults.history import Fact, History
from tests.faults.log_ins import LogIns

_ACTS: tuple[tuple[str, int], ...] = (
    ("like", 30), ("unlike", 10), ("save", 5), ("unsave", 2), ("share", 5), ("follow", 15), ("unfollow", 6),
    ("publish", 12), ("edit", 4), ("delete", 2), ("comment", 9), ("describe", 3), ("log in", 4),
    ("log out", 3),
)  # fmt: skip


class Scene(NamedTuple):
    """What the writers of one story share."""

    seed: int
    everyone: Sequence[int]
    board: list[int]
    history: History
    log_ins: LogIns
    stop: threading.Event


class Writer(threading.Thread):
    """Acts for ``people`` until told to stop; ``expected`` holds what was acknowledged.

    The first of the people is the one who can log in.
    """

    def __init__(self, name: str, client: Client, people: Sequence[int], scene: Scene) -> None:
        super().__init__(name=name, daemon=True)
        self.expected = Expected()
        self.failure: BaseException | None = None
        self.acts = 0
        self.client, self._people, self._scene = client, people, scene
        self._history = scene.history
        self._chance = random.Random(f"{scene.seed} {name}")
        self._doomed = list[int]()

    def run(self) -> None:
        names, weights = zip(*_ACTS, strict=True)
        try:
            while not self._scene.stop.is_set():
                (act,) = self._chance.choices(names, weights)
                self._act(act, self._chance.choice(self._people))
        except BaseException as error:
            self.failure = error
            self._scene.stop.set()

    def _act(self, act: str, user: int) -> None:
        self.acts += 1
        acts: dict[str, Callable[[int], None]] = {
            "publish": self._publish, "edit": self._edit, "delete": self._remove, "describe": self._describe,
            "log in": lambda _: self._scene.log_ins.begin(self.client, self._people[0]),
            "log out": lambda _: self._scene.log_ins.end(self.client, self._people[0]),
        }  # fmt: skip
        if act in acts:
            acts[act](user)
        elif act in ("follow", "unfollow"):
            self._follow(user, on=act == "follow")
        elif self._scene.board and act == "comment":
            self._comment(user, self._chance.choice(self._scene.board))
        elif self._scene.board:
            self._engage(act, user, self._chance.choice(self._scene.board))

    def _send(
        self, fact: Fact, value: object, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        """Write what makes the fact ``value``."""
        self._history.send(fact, value)
        answer = self.client.write(method, path, f"{self._scene.seed}-{self.name}-{self.acts}", body)
        if fact[0] != "post":
            self._history.acknowledge(fact)
        return answer

    def _follow(self, user: int, *, on: bool) -> None:
        other = self._chance.choice([one for one in self._scene.everyone if one != user])
        method, path = "PUT" if on else "DELETE", f"/v1/users/{user}/following/{other}"
        answer = self._send(("follow", user, other), on, method, path)
        self._same(answer["changed"], self.expected.turn_follow(user, other, on=on), "follow", user)
        mine = {int(target) for source, target in self.expected.follows if source == user}
        self._look(f"/v1/users/{user}/following?limit=100", lambda item: int(item["user_id"]), mine)

    def _comment(self, user: int, post: int) -> None:
        text = f"{self.name} {self.acts}"
        body: dict[str, object] = {"user_id": str(user), "text": text}
        made = self._send(("comment", post, text), True, "POST", f"/v1/posts/{post}/comments", body)
        self.expected.comments[post][int(made["comment_id"])] = (user, text)
        self.expected.events["comment", user, post] += 1

    def _engage(self, act: str, user: int, post: int) -> None:
        on, kind = not act.startswith("un"), act.removeprefix("un")
        method, path = "PUT" if on else "DELETE", f"/v1/posts/{post}/{kind}s/{user}"
        answer = self._send((kind, post, user), on, method, path)
        self._same(answer["changed"], self.expected.turn(act, user, post), act, user)

    def _publish(self, user: int) -> None:
        caption, sent = f"{self.name} {self.acts} #loupe", time.monotonic()
        fact = ("post", user, caption)
        made = self._send(fact, True, "POST", "/v1/posts", {"author_id": str(user), "caption": caption})
        post = int(made["post_id"])
        if post in self.expected.posts:
            raise WrongAnswer(f"Post {post} was made twice.")
        self._history.send(("shown", user, post), caption, sent)
        self._history.acknowledge(("shown", user, post))
        self._history.acknowledge(fact)  # from now on a reader must know its id
        self.expected.posts[post] = (user, caption)
        # Every fourth post is kept from the others and may be deleted: what they do to it has no order.
        (self._doomed if self.acts % 4 == 0 else self._scene.board).append(post)
        mine = {one for one, (author, _) in self.expected.posts.items() if author == user}
        self._look(
            f"/v1/users/{user}/posts?limit=100",
            lambda item: int(item["post"]["post_id"]),
            mine - self.expected.deleted,
        )

    def _edit(self, user: int) -> None:
        mine = [one for one, (author, _) in self.expected.posts.items() if author == user]
        if not (mine := [one for one in mine if one not in self.expected.deleted]):
            return
        post, caption = self._chance.choice(mine), f"{self.name} edited {self.acts}"
        body: dict[str, object] = {"author_id": str(user), "caption": caption}
        self._send(("shown", user, post), caption, "PATCH", f"/v1/posts/{post}", body)
        self.expected.posts[post] = (user, caption)

    def _remove(self, _user: int) -> None:
        if self._doomed:
            post = self._doomed.pop()
            author = self.expected.posts[post][0]
            self._send(("shown", author, post), None, "DELETE", f"/v1/posts/{post}?author_id={author}")
            self.expected.deleted.add(post)

    def _describe(self, user: int) -> None:
        bio = f"{self.name} {self.acts}"
        self._send(("bio", user), bio, "PATCH", f"/v1/users/{user}", {"bio": bio})
        self.expected.bios[user] = bio

    def _look(self, path: str, read: Callable[[dict[str, Any]], int], mine: set[int]) -> None:
        """One's own writes are there at once, unless the server says that it cannot say."""
        page = self.client.read(path)
        if (
            page is not None
            and len(mine) <= 100
            and (found := {read(item) for item in page["items"]}) != mine
        ):
            raise WrongAnswer(f"GET {path} gave {sorted(found ^ mine)} too much or too little.")

    def _same(self, said: object, expected: bool, act: str, user: int) -> None:
        if said != expected:
            raise WrongAnswer(f"{act} of {user} said changed={said}, not {expected} (act {self.acts}).")
