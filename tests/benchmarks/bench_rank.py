"""Speed of ``POST /v1/rank`` with 300 candidates, over HTTP, on a real server process.

Run ``python -m tests.benchmarks.bench_rank [--home HOME]``. Without a home it makes a small one: 500 people,
4,000 posts, 60,000 engagements counted by the service itself, factors and hashtags for everyone, five heads
of 120 trees. Printed beside it: the same with plain LightGBM instead of compiled trees, and a ranked page.
"""

import argparse
import http.client
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np

from features.bundle import write_bundle
from features.definitions import FEATURE_NAMES, VIEW_BY_NAME
from features.online import PackedRows, lists_of_tags, open_online
from feed_core.core import FeedCore
from feed_core.model.clock import DAY, HOUR, SetClock, SystemClock
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.users import NewUser
from ranking_service.for_you import ForYou
from tests.benchmarks.load import HEADING, Bound, Call, drive, row

CANDIDATES, WARM_UP, SECONDS = 300, 50, 10
HEADS = ("like", "comment", "share", "hide", "long_dwell")
_SERVER = """
import sys, uvicorn
from pathlib import Path
from pipelines.commands.serve import keep_what_is_there
from ranking_service.app import create_app
app = create_app(Path(sys.argv[1]), compile_trees=sys.argv[3])
app.state.for_you.freshness.catch_up()
keep_what_is_there()
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
"""


@dataclass(frozen=True)
class World:
    """Whom and what the requests name."""

    people: list[int]
    posts: list[int]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--home", type=Path, help="a home to measure instead of a made one")
    with tempfile.TemporaryDirectory() as folder:
        home = arguments.parse_args().home or made_home(Path(folder) / "home")
        measure(home)


def measure(home: Path) -> None:
    """Print a line a case."""
    world = world_of(home)
    print(machine())
    print(f"{len(world.people):,} people, {len(world.posts):,} posts; one client\n{HEADING}")
    for trees in ("now", "never"):
        with server(home, trees) as (port, process, ready):
            name = f"{ready['trees']} trees" if ready["ranking"] == "ranked" else "no model"
            bounds = (Bound("p50", 10),) if trees == "now" else ()
            report(f"POST /v1/rank, {CANDIDATES}, {name}", port, process, ranks(world), bounds)
            report(f"GET /v1/feed, a page of 20, {name}", port, process, feeds(world))


def report(name: str, port: int, process: int, calls: Sequence[Call], bounds: Sequence[Bound] = ()) -> None:
    """One line of the table; the server's processor time a request tells a slow from a busy machine."""
    base = f"http://127.0.0.1:{port}"
    drive(base, calls[:WARM_UP], clients=1, seconds=1)
    before = processor_seconds(process)
    measured = drive(base, calls[WARM_UP:], clients=1, seconds=SECONDS)
    used = (processor_seconds(process) - before) / max(measured.requests, 1) * 1000
    print(f"{row(name, measured, bounds)}  ({used:.1f} ms of processor)", flush=True)


def processor_seconds(process: int) -> float:
    """Processor time that the process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ranks(world: World) -> list[Call]:
    """Candidates of random people, enough for the fastest server."""
    random, calls = np.random.default_rng(1), []
    for _ in range(WARM_UP + 500 * SECONDS):
        some = random.choice(world.posts, min(CANDIDATES, len(world.posts)), replace=False)
        person = str(random.choice(world.people))
        body = json.dumps({"user_id": person, "post_ids": [str(i) for i in some]})
        calls.append(Call("/v1/rank", "POST", body=body))
    return calls


def feeds(world: World) -> list[Call]:
    """Ranked pages of random people, each logged."""
    random = np.random.default_rng(2)
    return [Call(f"/v1/feed/{person}") for person in random.choice(world.people, WARM_UP + 500 * SECONDS)]


@contextmanager
def server(home: Path, trees: str) -> Iterator[tuple[int, int, dict[str, str]]]:
    """A server process over ``home``: its port, its process id, and what it says of its readiness."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(home), str(port), trees], stderr=subprocess.DEVNULL
    )
    try:
        yield port, process.pid, wait_until_ready(port, process)
    finally:
        process.terminate()
        process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> dict[str, str]:
    """What ``/readyz`` says once it answers; ends the program when the server has ended."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request("GET", "/readyz")
            ready: dict[str, str] = json.loads(connection.getresponse().read())
        except OSError:
            time.sleep(0.05)
        else:
            return ready
        finally:
            connection.close()
    raise SystemExit("The server ended before it was ready.")


def world_of(home: Path) -> World:
    """People and recent posts of ``home``."""
    core = FeedCore.open(home)
    people = [user.user_id for user in core.accounts.page(0, 2_000)]
    posts = [post.post_id for post in core.posts.newest(0, 5_000)]
    core.close()
    return World(people, posts)


def made_home(home: Path) -> Path:
    """A small society that has lived until now."""
    random, clock = np.random.default_rng(0), SetClock(SystemClock().now() - 3 * DAY)
    core = FeedCore.open(home, clock=clock)
    users = core.accounts.create_many([NewUser(username=f"person{i}") for i in range(500)])
    people = np.array([user.user_id for user in users])
    pairs = {(int(a), int(b)) for a in people for b in random.choice(people, 40, replace=False) if a != b}
    core.graph.follow_many(sorted(pairs))
    posts: list[int] = []
    for _ in range(70):
        clock.set(clock.now() + HOUR)
        authors = random.choice(people, 57)
        new = [NewPost(author_id=int(a), caption=f"Hello #tag{a % 97} #tag{a % 31}") for a in authors]
        posts += [post.post_id for post in core.posts.publish_many(new)]
        engage(core, random, people, posts[-600:])
    core.drain()
    clock.set(clock.now() + HOUR)
    write_tastes(home, random, people, np.array(posts), clock.now())
    (home / "bundles").mkdir()
    write_bundle(
        home / "bundles" / "bench", version="bench", models=made_models(random), calibrations={},
        objective="heads", metrics={}, created_at=clock.now(),
    )  # fmt: skip
    (home / "bundles" / "champion").symlink_to("bench")
    service = ForYou.open(core, home, compile_trees="never")
    service.freshness.catch_up()
    service.close()
    core.close()
    return home


def engage(core: FeedCore, random: np.random.Generator, people: np.ndarray, posts: list[int]) -> None:
    """An hour of likes, shares and looks at recent posts."""
    actions = random.choice(["like", "share", "save", "dwell"], 850, p=[0.3, 0.03, 0.07, 0.6])
    core.engagement.record_many(
        [
            NewEvent(
                user_id=int(random.choice(people)), post_id=int(random.choice(posts)), action=action,
                value=9_000.0 if action == "dwell" else 0.0,
            )
            for action in actions.tolist()
        ]
    )  # fmt: skip


def write_tastes(
    home: Path, random: np.random.Generator, people: np.ndarray, posts: np.ndarray, now: int
) -> None:
    """Factors and hashtags, as the batch jobs would leave them."""
    online = open_online(home / "features" / "online.sqlite")
    for name, keys in (("user_factors", people), ("post_factors", posts)):
        matrix = random.normal(size=(len(keys), 32)).astype(np.float32)
        online.write_many(VIEW_BY_NAME[name], PackedRows(keys, matrix, np.full(len(keys), now)))
    tags = lists_of_tags([[f"tag{i}" for i in random.choice(97, 50, replace=False)] for _ in people])
    empty = np.zeros((len(people), 0), np.float32)
    online.write_many(VIEW_BY_NAME["user_tags"], PackedRows(people, empty, np.full(len(people), now), tags))
    online.close()


def made_models(random: np.random.Generator) -> dict[str, str]:
    """Five heads of 120 trees with 31 leaves, which is what training makes at most."""
    rows = random.normal(size=(20_000, len(FEATURE_NAMES))).astype(np.float32)
    category = FEATURE_NAMES.index("source")
    rows[:, category] = random.integers(0, 9, len(rows))
    settings = {"objective": "binary", "num_leaves": 31, "verbosity": -1, "num_threads": 2}
    models = {}
    for number, head in enumerate(HEADS):
        labels = random.random(len(rows)) < 1 / (1 + np.exp(2 - rows[:, number + 3] - rows[:, number + 20]))
        data = lightgbm.Dataset(rows, labels.astype(int), categorical_feature=[category])
        models[head] = lightgbm.train(settings, data, 120).model_to_string()
    return models


def machine() -> str:
    """Processor, cores, load: what a number means."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = names[0].split(":", 1)[1].strip() if names else platform.processor()
    load = os.getloadavg()[0]
    return f"{processor}, {os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
