"""Sessions: a token is good from its log-in to its log-out, whatever happens to the store in between."""

import random
import time
from collections.abc import Mapping

import httpx

from tests.faults.client import Client, WrongAnswer
from tests.faults.history import History

PASSWORD = "seven crossed wires"
_EACH = 3
"""Log-ins of a person: the service limits how many there may be in ten minutes."""


class LogIns:
    """``names`` are the usernames by id of those who have a password."""

    def __init__(self, history: History, names: Mapping[int, str]) -> None:
        self._history, self._names = history, names
        self._tokens: list[tuple[int, str]] = []

    def begin(self, client: Client, user: int) -> None:
        """Log in, if the user can and may."""
        if user not in self._names or sum(owner == user for owner, _ in self._tokens) >= _EACH:
            return
        body = {"login": self._names[user], "password": PASSWORD}
        try:
            token = str(client.write("POST", "/v1/sessions", body=body)["token"])
        except WrongAnswer as error:
            if error.status != 429:  # tries that a dead server refused count, too
                raise
            return
        self._history.send(("session", user, token), True)
        self._history.acknowledge(("session", user, token))
        self._tokens.append((user, token))

    def end(self, client: Client, user: int) -> None:
        """Log out of the oldest session, if there is one."""
        for token in self.good(user)[:1]:
            self._history.send(("session", user, token), False)
            self._ended(client, token)
            self._history.acknowledge(("session", user, token))

    def good(self, user: int) -> list[str]:
        """The tokens that nobody has asked to end, the oldest first."""
        now = time.monotonic()
        return [
            token for owner, token in self._tokens
            if owner == user and self._history.strong(("session", user, token), now, now) == {True}
        ]  # fmt: skip

    def look(self, client: Client, chance: random.Random) -> bool:
        """Whether there was an answer, about any token that ever was; raises ``WrongAnswer``."""
        if not self._tokens:
            return False
        (user, token), since = chance.choice(self._tokens), time.monotonic()
        answer = client.ask(f"/v1/users/{user}/sessions", token)
        if answer is None:
            return False
        right = self._history.strong(("session", user, token), since, time.monotonic())
        if _is_good(answer) not in right:
            raise WrongAnswer(f"A session of {user} is good: {_is_good(answer)}, but should be {right}.")
        return True

    def wrong(self, client: Client) -> list[str]:
        """Every token that is not what it should be now."""
        found, now = [], time.monotonic()
        for user, token in self._tokens:
            right = self._history.strong(("session", user, token), now, now)
            answer = client.ask(f"/v1/users/{user}/sessions", token)
            if answer is None or _is_good(answer) not in right:
                found.append(f"a session of {user}: {answer}, but good should be {right}")
        return found

    def _ended(self, client: Client, token: str) -> None:
        """A repeat after a lost answer finds no session to end."""
        try:
            client.write("DELETE", "/v1/sessions/current", token=token)
        except WrongAnswer as error:
            if error.status != 401:
                raise


def _is_good(answer: httpx.Response) -> bool:
    if answer.status_code not in (200, 401):
        raise WrongAnswer(f"A session's list answered {answer.status_code}: {answer.text[:300]}")
    return answer.status_code == 200
