"""Speed of reading 500 online rows of 40 float32, beside the stock Feast SQLite online store.

Run ``python tests/benchmarks/bench_online_rows.py``. Packed rows: 20,000 posts on SQLite and on a Redis of
the benchmark's own, read straight and through the memory of this process; Feast: 2,000 posts in its own
store, through ``get_online_features``.
"""

import os
import platform
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float32

from features.definitions import Scalar, View
from features.online import CachedOnlineRows, PackedRows, SqliteOnlineRows
from features.online.redis import RedisOnlineRows
from feed_core.redis_client import open_redis
from tests.servers import wait_until

ROWS, WIDTH, POSTS, FEAST_POSTS = 500, 40, 20_000, 2_000
NAMES = [f"f{i}" for i in range(WIDTH)]
VIEW = View("wide", ("post",), tuple(Scalar(name) for name in NAMES))
STORE = """\
project: stock
provider: local
registry: registry.db
online_store:
  type: sqlite
  path: online.db
entity_key_serialization_version: 3
"""


def main() -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        packed, keys = packed_rows(Path(folder) / "packed.sqlite", rng)
        kept = CachedOnlineRows(packed)
        rows = packed.read_many(VIEW, keys)
        stock = stock_feast(Path(folder), keys[:FEAST_POSTS], rng)
        print(f"{ROWS} rows of {WIDTH} float32, milliseconds ({machine()})")
        print(f"{'':36}{'p50':>9}{'p95':>9}{'p99':>9}")
        report("packed rows, SQLite", lambda asked: packed.read_many(VIEW, asked), keys, 500, rng)
        report("packed rows, kept in memory", lambda asked: kept.read_many(VIEW, asked), keys, 500, rng)
        with own_redis(Path(folder)) as url:
            there = RedisOnlineRows(open_redis(url))
            there.write_many(VIEW, PackedRows(keys, rows.matrix, rows.event_times))
            near = CachedOnlineRows(there)
            report("packed rows, Redis", lambda asked: there.read_many(VIEW, asked), keys, 500, rng)
            report(
                "packed rows, Redis, kept in memory",
                lambda asked: near.read_many(VIEW, asked),
                keys,
                500,
                rng,
            )
        report("stock Feast, SQLite", stock, keys[:FEAST_POSTS], 40, rng)


def packed_rows(path: Path, rng: np.random.Generator) -> tuple[SqliteOnlineRows, np.ndarray]:
    """A store of ``POSTS`` rows, and their keys."""
    keys = np.unique(rng.integers(1 << 50, 1 << 61, POSTS))
    online = SqliteOnlineRows(path)
    matrix = rng.random((len(keys), WIDTH), np.float32)
    online.write_many(VIEW, PackedRows(keys, matrix, np.full(len(keys), 1)))
    return online, rng.permutation(keys)


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """A Redis server of this benchmark's own, and its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        wait_until(lambda: bool(open_redis(url).client.ping()))
        yield url
    finally:
        server.terminate()
        server.wait()


def stock_feast(folder: Path, keys: np.ndarray, rng: np.random.Generator) -> Callable[[np.ndarray], object]:
    """A call that reads rows as Feast does by itself."""
    now = datetime.now(UTC)
    columns: dict[str, object] = {"post_id": keys, "event_timestamp": pd.Series([now] * len(keys))}
    columns |= {name: rng.random(len(keys), np.float32) for name in NAMES}
    pq.write_table(pa.table(columns), folder / "rows.parquet")
    (folder / "feature_store.yaml").write_text(STORE)
    post = Entity(name="post", join_keys=["post_id"], value_type=ValueType.INT64)
    view = FeatureView(
        name="wide",
        entities=[post],
        schema=[Field(name=name, dtype=Float32) for name in NAMES],
        source=FileSource(path=str(folder / "rows.parquet"), timestamp_field="event_timestamp"),
    )
    store = FeatureStore(repo_path=str(folder))
    store.apply([post, view])
    store.materialize(now - timedelta(days=1), now + timedelta(days=1))
    features = [f"wide:{name}" for name in NAMES]
    return lambda asked: store.get_online_features(features, [{"post_id": key} for key in asked.tolist()])


def report(
    name: str, read: Callable[[np.ndarray], object], keys: np.ndarray, times: int, rng: np.random.Generator
) -> None:
    """Read ``ROWS`` random keys ``times`` times, after a tenth as many to warm up, and print percentiles."""
    taken = []
    for _ in range(times + times // 10):
        asked = rng.choice(keys, ROWS, replace=False)
        start = time.perf_counter()
        read(asked)
        taken.append((time.perf_counter() - start) * 1000)
    p50, p95, p99 = np.percentile(taken[times // 10 :], [50, 95, 99])
    print(f"{name:36}{p50:9.2f}{p95:9.2f}{p99:9.2f}")


def machine() -> str:
    """Processors, their load, and the versions that matter."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, load {load:.1f}, {platform.machine()}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
