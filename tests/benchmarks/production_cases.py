"""What is measured of a served Loupe, case by case, in the order in which the cases need each other.

The first reads of a fresh process come first, as they find nothing cached; a case that leaves work behind
waits for its end.
"""

import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import msgspec

from feed_core.model.timelines import NEWEST
from tests.benchmarks.load import Bound, Call, Measured, drive, of_samples
from tests.benchmarks.serving import Served

WARMING, HOT, CLIENTS_ON_ONE_POST = 300, 100, 16
"""Java compiles what is asked for often; those who are read to warm it up are others than those measured."""
BATCH, BATCHES, DELIVERIES, LOOKED_AT = 500, 20, 30, 100
OFTEN_MS, SELDOM_MS = 100, 500
"""Ten posts a second to 1,000 followers each: the rows a second that fan-out is to keep up with."""
WARM_UP_S, WARMING_S, POSTS = 60, 20, 200
"""Fewer posts would have their worst for a 99th percentile."""
BACKLOG_S = 3
GIVE_UP_S = 300.0


class Case(NamedTuple):
    """``bounds`` are said beside the figures; ``run`` takes how many seconds to send for."""

    name: str
    run: Callable[[Served, int], Measured]
    bounds: tuple[Bound, ...] = ()


def warmed(served: Served, seconds: int = WARM_UP_S) -> None:
    """People read while an author publishes, before anything is measured: in its first minutes a Java server
    still compiles. Those who are read are others than those measured."""
    readers = _timelines(served.crowd.followers[HOT : HOT + WARMING])
    with ThreadPoolExecutor(1) as beside, _client(served) as client:
        reading = beside.submit(drive, served.base, readers, clients=2, seconds=seconds)
        drive(served.base, _publishing(served), clients=1, seconds=seconds, pause_ms=OFTEN_MS)
        reading.result()
        _deliver(served, client)


def bare(served: Served, seconds: int) -> Measured:
    """What an answer takes that reads nothing: all else comes on top of this and of its worst moments."""
    return drive(served.base, [Call("/healthz")], clients=1, seconds=seconds)


def cold(served: Served, seconds: int) -> Measured:
    """Each reader's first page, where others have been read."""
    readers = served.crowd.followers[HOT:]
    drive(served.base, _timelines(readers[:WARMING]), clients=2, seconds=seconds)
    return drive(served.base, _timelines(readers[WARMING:]), clients=1, seconds=seconds)


def cached(served: Served, seconds: int) -> Measured:
    """The first page of people who have just read it."""
    calls = _timelines(served.crowd.followers[:HOT])
    drive(served.base, calls, clients=2, seconds=seconds)
    return drive(served.base, calls, clients=1, seconds=seconds)


def crowded(served: Served, seconds: int) -> Measured:
    """As ``cached``, as fast as eight clients get it."""
    return drive(served.base, _timelines(served.crowd.followers[:HOT]), clients=8, seconds=seconds)


def notified(served: Served, seconds: int) -> Measured:
    """The author's last 20 notifications, of whoever followed and liked."""
    call = Call(f"/v1/users/{served.crowd.author}/notifications?limit=20")
    return drive(served.base, [call], clients=1, seconds=seconds)


def acknowledged(served: Served, every_ms: int) -> Measured:
    """Publishing until the answer, while all of it is delivered, after some that warm it up."""
    calls = _publishing(served)
    for seconds in (WARMING_S, POSTS * every_ms // 1_000):
        measured = drive(served.base, calls, clients=1, seconds=seconds, pause_ms=every_ms)
    with _client(served) as client:
        _deliver(served, client)
    return measured


def delivered(served: Served, _: int) -> Measured:
    """From the answer until every follower's feed holds the post, one post after the other."""
    with _client(served) as client:
        _deliver(served, client)
        return of_samples([_deliver(served, client) for _ in range(DELIVERIES)])


def delivered_meanwhile(served: Served, _: int) -> Measured:
    """As ``delivered``, while the same author publishes ten posts a second."""
    with _client(served) as client, ThreadPoolExecutor(1) as beside:
        calls, seconds = _publishing(served), POSTS * OFTEN_MS // 1_000
        load = beside.submit(drive, served.base, calls, clients=1, seconds=seconds, pause_ms=OFTEN_MS)
        samples = []
        while not load.done():
            samples.append(_deliver(served, client))
        load.result()
        _deliver(served, client)
        return of_samples(samples)


def fanned_out(served: Served, _: int) -> Measured:
    """Rows that fan-out writes, not requests: one client publishes without a pause, and then all that is
    waited for until every follower has it. The percentiles are those of publishing."""
    calls = _publishing(served)
    began = time.perf_counter()
    measured = drive(served.base, calls, clients=1, seconds=BACKLOG_S)
    with _client(served) as client:
        _deliver(served, client)
    rows = (measured.requests + 1) * len(served.crowd.followers)
    return msgspec.structs.replace(measured, requests=rows, seconds=time.perf_counter() - began)


def likes(served: Served, seconds: int) -> Measured:
    """Likes of one post and their taking back by 16 clients. Ends the program unless the count is exact."""
    path = f"/v1/posts/{served.crowd.posts[0]}"
    calls = [
        Call(f"{path}/likes/{one}", method) for method in ("PUT", "DELETE") for one in served.crowd.followers
    ]
    measured = drive(served.base, calls, clients=CLIENTS_ON_ONE_POST, seconds=seconds)
    with _client(served) as client, ThreadPoolExecutor(CLIENTS_ON_ONE_POST) as pool:
        liking = [f"{path}/likes/{one}" for one in served.crowd.followers]
        for answer in pool.map(client.put, liking):
            answer.raise_for_status()
        expected = len(liking)
        _wait(lambda: client.get(f"{path}/counts").raise_for_status().json()["likes"] == expected)
    print(f"The hot post counts exactly {expected:,} likes.", flush=True)
    return measured


def events(served: Served, seconds: int) -> Measured:
    """Events, not requests; the percentiles are those of a request with 500."""
    crowd = served.crowd
    pairs = itertools.cycle(zip(itertools.cycle(crowd.followers), itertools.cycle(crowd.posts), strict=False))
    bodies = [
        {"events": [_dwell(user, post) for user, post in itertools.islice(pairs, BATCH)]}
        for _ in range(BATCHES)
    ]
    calls = [Call("/v1/events", "POST", body=json.dumps(body)) for body in bodies]
    measured = drive(served.base, calls, clients=4, seconds=seconds)
    return msgspec.structs.replace(measured, requests=measured.requests * BATCH)


ACKNOWLEDGED = (Bound("p99", 30),)
CASES: Sequence[Case] = (
    Case("nothing but HTTP, 1 client", bare),
    Case("cold timeline, 1 client", cold, (Bound("p99", 40),)),
    Case("home timeline again, 1 client", cached, (Bound("p50", 3), Bound("p99", 10))),
    Case("home timeline again, 8 clients", crowded),
    Case("last 20 notifications, 1 client", notified),
    Case(
        "publish, 2 a second: acknowledged", lambda served, _: acknowledged(served, SELDOM_MS), ACKNOWLEDGED
    ),
    Case(
        "publish, 10 a second: acknowledged", lambda served, _: acknowledged(served, OFTEN_MS), ACKNOWLEDGED
    ),
    Case("publish to 1,000 followers: all delivered", delivered, (Bound("p99", 5_000),)),
    Case("the same, at 10 posts a second", delivered_meanwhile, (Bound("p99", 5_000),)),
    Case("rows by fan-out, publishing without pause", fanned_out, (Bound("rate", 10_000, least=True),)),
    Case("likes on one post, 16 clients", likes),
    Case("events, 500 a request, 4 clients", events, (Bound("rate", 10_000, least=True),)),
)


def _timelines(readers: Sequence[int]) -> list[Call]:
    return [Call(f"/v1/timeline/{reader}?limit=20") for reader in readers]


def _publishing(served: Served) -> list[Call]:
    return [Call("/v1/posts", "POST", body=json.dumps(_post(served)))]


def _post(served: Served) -> dict[str, str]:
    return {"author_id": str(served.crowd.author), "caption": "First light over the pier #sunrise"}


def _dwell(user: int, post: int) -> dict[str, object]:
    return {"user_id": str(user), "post_id": str(post), "action": "dwell", "value": 4_000}


def _client(served: Served) -> httpx.Client:
    return httpx.Client(base_url=served.base, timeout=60.0, trust_env=False)


def _deliver(served: Served, client: httpx.Client) -> float:
    """Seconds from the answer until each follower's newest is the post or a later one; at most one look at
    some followers too many."""
    answer = client.post("/v1/posts", json=_post(served))
    began = time.perf_counter()
    post = int(answer.raise_for_status().json()["post_id"])
    last = served.crowd.followers[-1]
    _wait(lambda: min(_newest(served, [last])) >= post)  # one look at a time: looking takes from delivering
    for at in range(0, len(served.crowd.followers), LOOKED_AT):
        some = served.crowd.followers[at : at + LOOKED_AT]
        _wait(lambda some=some: min(_newest(served, some)) >= post)
    return time.perf_counter() - began


def _newest(served: Served, readers: Sequence[int]) -> set[int]:
    """The newest post of each reader's feed, 0 for none."""
    feeds = served.stored.read([(reader, NEWEST, 1) for reader in readers], since=0)
    return {feed[0].post_id if feed else 0 for feed in feeds}


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + GIVE_UP_S
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"What was written did not come to effect within {GIVE_UP_S:.0f} s.")
        threading.Event().wait(0.005)
