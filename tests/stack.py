"""Real servers for tests: one small stack per test run, shared by its workers, gone when the run is over.

``stack`` has every server up; ``postgres_server``, ``redis_server``, ``cassandra_server`` and
``kafka_server`` are the same stack with only that family started, so that a few tests start little.
``throwaway`` makes stacks of a test's own, whose servers it may kill; ``mortal`` is a whole one that those
share who kill many (places.py).

A keeper (stack_keeper.py), a process of its own, waits for the end of the run, whatever it is, and then
removes the servers and their data. ``TEST_STACK_HOME`` names a stack to use instead, to save the wait while
writing tests.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feed_core.model.errors import LoupeError
from pipelines.stack.launching import taken
from pipelines.stack.layout import Stack, make_stack, open_stack
from pipelines.stack.servers import FAMILIES, PORTS_OF_A_STACK, Family, Size, servers
from pipelines.stack.starting import bring_up
from tests.stack_keeper import remove

ROOT = Path(__file__).parents[1]
FIXTURES = {
    "stack", "postgres_server", "redis_server", "cassandra_server", "kafka_server", "mortal", "throwaway",
}  # fmt: skip
STARTING = 600
"""Seconds that a test may take which has to start servers first, on a busy machine."""
_CONTROLLER = "STACK_KEPT_FOR"
_BASES = range(23_000, 31_000, PORTS_OF_A_STACK)

Throwaway = Callable[..., contextlib.AbstractContextManager[Stack]]


def pytest_configure() -> None:
    """Workers hear from their parent whose end is the end of the run."""
    os.environ.setdefault(_CONTROLLER, str(os.getpid()))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first pays for the start; ``-m "not servers"`` leaves all of them out."""
    for item in items:
        if FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.timeout(STARTING))
            item.add_marker(pytest.mark.servers)


@pytest.fixture(scope="session")
def stack(_stack: Stack) -> Stack:
    """Every server of the run's stack, well."""
    bring_up(_stack)
    return _stack


@pytest.fixture(scope="session")
def postgres_server(_stack: Stack) -> Stack:
    """The run's stack with its Postgres clusters up."""
    return _with(_stack, "postgres")


@pytest.fixture(scope="session")
def redis_server(_stack: Stack) -> Stack:
    """The run's stack with its Redis servers up."""
    return _with(_stack, "redis")


@pytest.fixture(scope="session")
def cassandra_server(_stack: Stack) -> Stack:
    """The run's stack with Cassandra up."""
    return _with(_stack, "cassandra")


@pytest.fixture(scope="session")
def kafka_server(_stack: Stack) -> Stack:
    """The run's stack with Kafka up."""
    return _with(_stack, "kafka")


@pytest.fixture(scope="session")
def mortal() -> Iterator[Stack]:
    """A stack whose servers may be killed, and are left well for the next who does so."""
    with stack_of_its_own() as stack:
        yield stack


@pytest.fixture(scope="session")
def throwaway() -> Throwaway:
    """Makes a stack for the length of a ``with`` block: ``throwaway("cassandra", nodes=3)``."""
    return stack_of_its_own


@pytest.fixture(scope="session")
def _stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The run's stack, of which nothing need be started yet."""
    if given := os.environ.get("TEST_STACK_HOME"):
        return open_stack(Path(given))
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    place = shared / "stack.home"
    with _locked(shared / "stack.lock"):
        if not place.exists():
            place.write_text(str(_new_stack(nodes=1).home))
    return open_stack(Path(place.read_text()))


def _with(stack: Stack, family: Family) -> Stack:
    bring_up(stack, [family])
    return stack


@contextmanager
def stack_of_its_own(*families: Family, nodes: int = 1, size: Size = "small") -> Iterator[Stack]:
    """A stack for the length of a ``with`` block: all families unless some are named."""
    stack = _new_stack(nodes, size)
    try:
        bring_up(stack, families or FAMILIES)
        yield stack
    finally:
        remove(stack.home)


def _new_stack(nodes: int, size: Size = "small") -> Stack:
    """A stack on free ports in a folder that Postgres' own user may enter, and its keeper."""
    home = Path(tempfile.mkdtemp(prefix="loupe-stack-"))
    subprocess.Popen(
        [sys.executable, "-m", "tests.stack_keeper", str(home), os.environ[_CONTROLLER]],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    with _locked(Path(tempfile.gettempdir()) / "loupe-stack-ports.lock"):
        return make_stack(home, nodes, _free_base(nodes), size)


def _free_base(nodes: int) -> int:
    """The first block of ports that no other stack of a test has chosen and nothing listens on."""
    chosen = set()
    for other in Path(tempfile.gettempdir()).glob("loupe-stack-*/stack.json"):
        with contextlib.suppress(OSError, LoupeError):
            chosen.add(open_stack(other.parent).choices.base_port)
    for base in _BASES:
        ports = [(one.host, port) for one in servers(nodes, base) for port in one.ports.values()]
        if base not in chosen and not any(taken(*address) for address in ports):
            return base
    raise RuntimeError("no block of free ports is left for a stack")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
