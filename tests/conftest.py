"""What tests of the whole share: a demo's home, made once per test run, and the real server over a home."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

pytest_plugins = [
    "tests.places",
    "tests.slow_first",
    "tests.stack",
    "tests.cassandra_keyspace",
    "tests.postgres_shards",
    "tests.production_stores",
]
settings.register_profile("any machine", deadline=None)  # how long an example takes proves nothing
settings.load_profile("any machine")
ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PEOPLE, DAYS, LOOP_DAYS = 120, 4, 3
MAKING_DEMO = 1_200
"""Seconds that a test may take which has to make the demo's home first, on a busy machine."""

Serving = Callable[[Path], AbstractContextManager[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first pays for the demo."""
    for item in items:
        if "demo_home" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(MAKING_DEMO))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a finished ``loupe demo``. It is for reading: a test that writes copies it first.

    All workers of a run share one. ``DEMO_HOME`` names a finished home to use instead, to save the
    minute while writing tests.
    """
    if given := os.environ.get("DEMO_HOME"):
        return Path(given)
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, failure = shared / "demo", shared / "demo.failure"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo.done").exists() and not failure.exists():
            sizes = ("--people", str(PEOPLE), "--days", str(DAYS), "--loop-days", str(LOOP_DAYS))
            command = _loupe("demo", *sizes, "--no-serve", "--home", str(home))
            run = subprocess.run(command, cwd=ROOT, env=_env(), capture_output=True, text=True, check=False)
            if run.returncode:
                failure.write_text(run.stdout[-4_000:] + run.stderr[-8_000:])
            else:
                (shared / "demo.done").touch()
    if failure.exists():
        pytest.fail(f"loupe demo failed:\n{failure.read_text()}")
    return home


@pytest.fixture
def demo_copy(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo's home that a test may write to."""
    return shutil.copytree(demo_home, tmp_path / "home", symlinks=True)


@pytest.fixture(scope="session")
def serving() -> Serving:
    """Starts ``loupe serve`` over a home for the length of a ``with`` block, which gets its address."""
    return _serving


@pytest.fixture(scope="session")
def served_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real server over a copy of the demo's home."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("served") / "home", symlinks=True)
    with _serving(home) as address:
        yield address


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    port, log = _free_port(), home.with_suffix(".log")
    with log.open("w") as out:
        server = subprocess.Popen(
            _loupe("serve", "--home", str(home), "--port", str(port)),
            cwd=ROOT, env=_env(), stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while not _ready(address):
            if _ended(server):
                pytest.fail(f"loupe serve ended with {server.returncode}:\n{log.read_text()[-4_000:]}")
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=10).is_success
    except httpx.TransportError:
        return False


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ends within a tenth of a second."""
    try:
        process.wait(0.1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _loupe(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipelines.cli", *arguments]


def _env() -> dict[str, str]:
    """The environment without settings of whoever runs the tests, on a machine however slow."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")}
    return {**mine, "LOUPE_BUDGET_MS": "20000"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless and quiet; one a worker, because Playwright runs one loop a thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
