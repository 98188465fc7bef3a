"""One story: people write and read, something dies at a random moment and comes back, then everything is
counted."""

import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from feed_core.ports.event_log import EventLog
from tests.faults.client import Client, WrongAnswer
from tests.faults.expected import Expected
from tests.faults.history import History
from tests.faults.log_ins import PASSWORD, LogIns
from tests.faults.looker import Looker
from tests.faults.outages import Killed, Outage, outages
from tests.faults.processes import Victim
from tests.faults.reads import Reads
from tests.faults.settled import differences, eventually, late_differences
from tests.faults.workload import Scene, Writer

WRITERS, PEOPLE_EACH, LOOKERS = 3, 4, 2
_SLOWEST_S = 120.0
Span = tuple[float, float]


class Plan(NamedTuple):
    """``away`` is for how long (s) something stays dead before it is started again, drawn between the two;
    ``patience`` how long (s) what may lag may do so once everything is well; ``felt`` how long (s) anybody
    may have to wait because of a kill. ``acts`` is how much must have been done at the end, at least."""

    kills: int = 2
    seconds: float = 6.0
    away: Span = (0.0, 1.2)
    patience: float = 60.0
    felt: float = math.inf
    acts: int = 100


class Outcome(NamedTuple):
    """``wrong`` is empty when nothing acknowledged was lost, nothing was done twice and no read was wrong.

    ``acts`` were acknowledged, for which ``repeated`` tries were needed more; ``looks`` were answered right,
    ``refused`` reads were told clearly that it cannot be said, ``silent`` requests got no answer in time.
    """

    seed: int
    outages: tuple[Outage, ...]
    acts: int
    repeated: int
    looks: int
    refused: int
    silent: int
    wrong: tuple[str, ...]

    @property
    def killed(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.outages)


def run(
    bases: Sequence[str],
    seed: int,
    victims: Sequence[Victim],
    log: Callable[[], EventLog],
    plan: Plan = Plan(),
) -> Outcome:
    """Write to the APIs at ``bases`` for about ``plan.seconds``, longer by what victims take to come back."""
    stop = threading.Event()
    scene = _scene(Client(bases), seed, stop)
    writers = [Writer(f"w{at}", Client(bases), scene.everyone[at::WRITERS], scene) for at in range(WRITERS)]
    reads = Reads(scene.history, scene.everyone, scene.board)
    lookers = [Looker(f"r{at}", Client(bases), reads, scene.log_ins, seed, stop) for at in range(LOOKERS)]
    for thread in (*writers, *lookers):
        thread.start()
    killed = _kill(random.Random(seed), victims, plan, stop)
    _go_on(writers, plan, stop)
    stop.set()
    for thread in (*writers, *lookers):
        thread.join()
    wrong = [f"{one.name}: {one.failure!r}" for one in (*writers, *lookers) if one.failure is not None]
    if not wrong:
        wrong = _settled(Client(bases), writers, scene, log(), plan.patience)
    clients = [one.client for one in (*writers, *lookers)]
    felt = outages(killed, [wait for client in clients for wait in client.waits])
    wrong += [f"{one} was felt for too long" for one in felt if max(one.write, one.read) > plan.felt]
    return Outcome(
        seed,
        felt,
        acts=sum(writer.acts for writer in writers),
        repeated=sum(client.repeated for client in clients),
        looks=sum(looker.right for looker in lookers),
        refused=sum(client.refused for client in clients),
        silent=sum(client.silent for client in clients),
        wrong=tuple(wrong),
    )


def _kill(
    chance: random.Random, victims: Sequence[Victim], plan: Plan, stop: threading.Event
) -> list[Killed]:
    killed = []
    for _ in range(plan.kills):
        stop.wait(chance.uniform(0.2, 0.5) * plan.seconds / plan.kills)
        victim, at = chance.choice(victims), time.monotonic()
        victim.kill()
        stop.wait(chance.uniform(*plan.away))
        victim.revive()
        killed.append(Killed(victim.name, at, time.monotonic()))
    return killed


def _go_on(writers: Sequence[Writer], plan: Plan, stop: threading.Event) -> None:
    """For a little, and until enough was done, however slow the machine is."""
    until = time.monotonic() + _SLOWEST_S
    stop.wait(plan.seconds / 4)
    while sum(writer.acts for writer in writers) < plan.acts and time.monotonic() < until:
        if stop.wait(0.05):
            return


def _settled(
    client: Client, writers: Sequence[Writer], scene: Scene, log: EventLog, patience: float
) -> list[str]:
    expected = Expected()
    for writer in writers:
        expected.absorb(writer.expected)
    try:
        wrong = differences(client, log, scene.everyone, expected) + scene.log_ins.wrong(client)
        return wrong + eventually(lambda: late_differences(client, scene.everyone, expected), patience)
    except WrongAnswer as error:
        return [str(error)]


def _scene(client: Client, seed: int, stop: threading.Event) -> Scene:
    """The people of a story; the first of each writer's can log in."""
    people: list[int] = []
    names: dict[int, str] = {}
    for at in range(WRITERS * PEOPLE_EACH):
        name = f"f{seed}x{_fresh():08x}p{at}"
        body = {"username": name, "full_name": name}
        if at < WRITERS:
            body |= {"email": f"{name}@example.org", "password": PASSWORD}
        people.append(int(client.write("POST", "/v1/users", f"sign-up-{name}", body)["user_id"]))
        if at < WRITERS:
            names[people[-1]] = name
    history = History()
    return Scene(seed, people, [], history, LogIns(history, names), stop)


def _fresh() -> int:
    """Not of the seed: the same stack may see the same seed again."""
    return random.SystemRandom().getrandbits(32)
