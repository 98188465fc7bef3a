"""People who write without rest, and look after each write whether their own things are as they left them."""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from tests.faults.client import Client, WrongAnswer
from tests.faults.expected import Expected

_ACTS: tuple[tuple[str, int], ...] = (
    ("like", 30), ("unlike", 10), ("save", 5), ("unsave", 2), ("share", 5), ("follow", 15), ("unfollow", 6),
    ("publish", 12), ("edit", 4), ("delete", 2), ("comment", 9),
)  # fmt: skip


class Writer(threading.Thread):
    """Acts for ``people`` until told to stop; ``expected`` holds what was acknowledged."""

    def __init__(
        self, name: str, client: Client, people: Sequence[int], everyone: Sequence[int],
        board: list[int], seed: int, stop: threading.Event,
    ) -> None:  # fmt: skip
        super().__init__(name=name, daemon=True)
        self.expected = Expected()
        self.failure: BaseException | None = None
        self.acts, self.unanswered = 0, 0
        self.client, self._people, self._everyone, self._board = client, people, everyone, board
        self._chance, self._stop_asked = random.Random(f"{seed} {name}"), stop
        self._seed, self._doomed = seed, list[int]()

    def run(self) -> None:
        names, weights = zip(*_ACTS, strict=True)
        try:
            while not self._stop_asked.is_set():
                (act,) = self._chance.choices(names, weights)
                self._act(act, self._chance.choice(self._people))
        except BaseException as error:
            self.failure = error

    def _act(self, act: str, user: int) -> None:
        self.acts += 1
        if act in ("follow", "unfollow"):
            self._follow(user, on=act == "follow")
        elif act in ("publish", "edit", "delete"):
            {"publish": self._publish, "edit": self._edit, "delete": self._remove}[act](user)
        elif self._board:
            self._engage(act, user, self._chance.choice(self._board))

    def _send(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        return self.client.write(method, path, f"{self._seed}-{self.name}-{self.acts}", body)

    def _follow(self, user: int, *, on: bool) -> None:
        other = self._chance.choice([one for one in self._everyone if one != user])
        answer = self._send("PUT" if on else "DELETE", f"/v1/users/{user}/following/{other}")
        self._same(answer["changed"], self.expected.turn_follow(user, other, on=on), "follow", user)
        mine = {int(target) for source, target in self.expected.follows if source == user}
        self._look(f"/v1/users/{user}/following?limit=100", lambda item: int(item["user_id"]), mine)

    def _engage(self, act: str, user: int, post: int) -> None:
        if act == "comment":
            body: dict[str, object] = {"user_id": str(user), "text": f"{self.name} {self.acts}"}
            made = self._send("POST", f"/v1/posts/{post}/comments", body)
            self.expected.comments[post].add(int(str(made["comment_id"])))
            self.expected.events["comment", user, post] += 1
            return
        noun = {"like": "likes", "save": "saves", "share": "shares"}[act.removeprefix("un")]
        method = "DELETE" if act.startswith("un") else "PUT"
        answer = self._send(method, f"/v1/posts/{post}/{noun}/{user}")
        self._same(answer["changed"], self.expected.turn(act, user, post), act, user)

    def _publish(self, user: int) -> None:
        caption = f"{self.name} {self.acts} #loupe"
        made = self._send("POST", "/v1/posts", {"author_id": str(user), "caption": caption})
        post = int(str(made["post_id"]))
        if post in self.expected.posts:
            raise WrongAnswer(f"Post {post} was made twice.")
        self.expected.posts[post] = (user, caption)
        # Every fourth post is kept from the others and may be deleted: what they do to it has no order.
        (self._doomed if self.acts % 4 == 0 else self._board).append(post)
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
        self._send("PATCH", f"/v1/posts/{post}", {"author_id": str(user), "caption": caption})
        self.expected.posts[post] = (user, caption)

    def _remove(self, _user: int) -> None:
        if self._doomed:
            post = self._doomed.pop()
            author = self.expected.posts[post][0]
            self._send("DELETE", f"/v1/posts/{post}?author_id={author}")
            self.expected.deleted.add(post)

    def _look(self, path: str, read: Callable[[dict[str, Any]], int], mine: set[int]) -> None:
        """One's own writes are there at once, unless the server says that it cannot say."""
        page = self.client.read(path)
        if page is None:
            self.unanswered += 1
        elif len(mine) <= 100 and (found := {read(item) for item in page["items"]}) != mine:
            raise WrongAnswer(f"GET {path} gave {sorted(found ^ mine)} too much or too little.")

    def _same(self, said: object, expected: bool, act: str, user: int) -> None:
        if said != expected:
            raise WrongAnswer(f"{act} of {user} said changed={said}, not {expected} (act {self.acts}).")
