"""Events are dealt out once each, a key's all together, and a bucket written twice is one file."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lake import table_files
from pipelines.spark.count_parts import ViewPlan, _bucket_of, counting, dealing
from pipelines.spark.window_rows import Counter
from tests.pipelines.spark.conftest import START, event, write_lake

HOUR = 3_600_000


def _plan(folder: Path, end: int = 1 << 62) -> ViewPlan:
    schema = pa.schema([
        ("user_id", pa.int64()), ("author_id", pa.int64()),
        ("event_timestamp", pa.timestamp("us", tz="UTC")), ("likes", pa.float32()), ("dwell", pa.float32()),
    ])  # fmt: skip
    counters = (Counter((1,), 2, adds_amounts=False), Counter((0,), 2, adds_amounts=True))
    return ViewPlan(
        keys=("user_id", "author_id"), actions=("dwell", "like"), counters=counters, schema=schema,
        slice_ms=HOUR, end=end, last=1 << 62, buckets=3, folder=str(folder),
    )  # fmt: skip


def _dealt(home: Path, plan: ViewPlan) -> dict[int, list[bytes]]:
    paths = pa.table({"path": table_files(home, "events")}).to_batches()
    blocks: dict[int, list[bytes]] = {}
    for batch in dealing(plan)(iter(paths)):
        for row in batch.to_pylist():
            blocks.setdefault(row["bucket"], []).append(row["block"])
    return blocks


def _events(blocks: list[bytes]) -> np.ndarray:
    return np.concatenate([np.frombuffer(block, np.int64).reshape(5, -1) for block in blocks], axis=1)


@pytest.fixture
def dealt(home: Path) -> dict[int, list[bytes]]:
    liked = [event("like", user, 1, day, author_id=user % 7) for user in range(1, 60) for day in (0.5, 1.5)]
    others = [event("hide", 1, 1, 0.5), event("dwell", 1, 1, 0.5, author_id=5, value=99.9)]
    write_lake(home, [*liked, *others])
    return _dealt(home, _plan(home))


def test_every_event_that_counts_is_dealt_once(dealt: dict[int, list[bytes]]) -> None:
    users, authors, slices, codes, amounts = _events([block for blocks in dealt.values() for block in blocks])
    dealt_rows = sorted(zip(users, authors, slices - START // HOUR, codes, amounts, strict=True))
    wanted = [(u, u % 7, day * 24 + 12, 1, 0) for u in range(1, 60) if u % 7 for day in (0, 1)]
    assert dealt_rows == sorted([*wanted, (1, 5, 12, 0, 99)])


def test_a_key_lies_in_one_bucket_and_all_buckets_are_used(dealt: dict[int, list[bytes]]) -> None:
    keys = {bucket: set(map(tuple, _events(blocks)[:2].T.tolist())) for bucket, blocks in dealt.items()}
    assert sum(map(len, keys.values())) == len(set().union(*keys.values()))
    assert all(keys[bucket] for bucket in range(3))


def test_events_from_the_end_on_are_left_out(home: Path, dealt: dict[int, list[bytes]]) -> None:
    early = _dealt(home, _plan(home, end=START + 24 * HOUR))
    slices = _events([block for blocks in early.values() for block in blocks])[2]
    assert slices.max() < START // HOUR + 24


def test_a_bucket_that_is_counted_twice_is_one_file(home: Path, dealt: dict[int, list[bytes]]) -> None:
    out = home / "rows"
    out.mkdir()
    for _ in range(2):
        table = pa.table({"bucket": pa.array([0] * len(dealt[0]), pa.int32()), "block": dealt[0]})
        (batch,) = counting(_plan(out))(iter(table.to_batches()))
        written = batch["rows"][0].as_py()
    (file,) = out.iterdir()
    assert pq.read_metadata(file).num_rows == written > 0


@given(st.integers(1, 12), st.integers(0, 1 << 40))
def test_ids_that_differ_in_few_bits_spread_over_the_buckets(buckets: int, first: int) -> None:
    ids = first + (np.arange(3_000, dtype=np.int64) << 12)
    sizes = np.bincount(_bucket_of([ids], buckets), minlength=buckets)
    assert sizes.max() < 2 * 3_000 / buckets
