"""One story: people write, something dies at a random moment and comes back, then everything is counted."""

import random
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from feed_core.ports.event_log import EventLog
from tests.faults.client import Client
from tests.faults.expected import Expected
from tests.faults.processes import Victim
from tests.faults.settled import differences, eventually, late_differences
from tests.faults.workload import Writer

WRITERS, PEOPLE_EACH = 3, 4


class Outcome(NamedTuple):
    """``wrong`` is empty when nothing acknowledged was lost and nothing was done twice."""

    seed: int
    killed: tuple[str, ...]
    acts: int
    repeated: int
    unanswered: int
    wrong: tuple[str, ...]


def run(
    base: str, seed: int, victims: Sequence[Victim], log: Callable[[], EventLog], *, kills: int = 2,
    seconds: float = 6.0,
) -> Outcome:  # fmt: skip
    """Write to ``base`` for about ``seconds``, and for as long as ``kills`` victims take to come back."""
    chance, stop = random.Random(seed), threading.Event()
    people = _sign_up(Client(base, stop), seed)
    board: list[int] = []
    writers = [
        Writer(f"w{at}", Client(base, stop), people[at::WRITERS], people, board, seed, stop)
        for at in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    killed = []
    for _ in range(kills):
        stop.wait(chance.uniform(0.2, 0.5) * seconds / kills)
        victim = chance.choice(victims)
        killed.append(victim.name)
        victim.kill()
        stop.wait(chance.uniform(0.0, 0.2) * seconds)
        victim.revive()
    stop.wait(seconds / 4)
    stop.set()
    for writer in writers:
        writer.join()
    return _outcome(base, seed, killed, writers, people, log())


def _outcome(
    base: str, seed: int, killed: Sequence[str], writers: Sequence[Writer], people: Sequence[int],
    log: EventLog,
) -> Outcome:  # fmt: skip
    expected, client = Expected(), Client(base, threading.Event())
    for writer in writers:
        expected.absorb(writer.expected)
    wrong = [f"{writer.name}: {writer.failure!r}" for writer in writers if writer.failure is not None]
    if not wrong:
        wrong = differences(client, log, people, expected)
        wrong += eventually(lambda: late_differences(client, people, expected))
    return Outcome(
        seed, tuple(killed), sum(w.acts for w in writers), sum(w.client.repeated for w in writers),
        sum(w.unanswered for w in writers), tuple(wrong),
    )  # fmt: skip


def _sign_up(client: Client, seed: int) -> list[int]:
    names = [f"f{seed}x{chance:08x}p{at}" for at in range(WRITERS * PEOPLE_EACH) for chance in (_fresh(),)]
    made = [
        client.write("POST", "/v1/users", f"sign-up-{name}", {"username": name, "full_name": name})
        for name in names
    ]
    return [int(user["user_id"]) for user in made]


def _fresh() -> int:
    """Not of the seed: the same stack may see the same seed again."""
    return random.SystemRandom().getrandbits(32)
