"""What the executors of a cluster run needs only NumPy, PyArrow and PySpark there, not this package."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark import cloudpickle

from features.definitions import VIEW_BY_NAME
from pipelines.spark import stats, trends
from pipelines.spark.count_parts import counting, dealing

# Loads a function where neither package can be imported, and calls it.
_EXECUTOR = """
import pickle, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"pipelines", "features", "feed_core"}:
            raise ImportError(f"{name} is not installed here")

sys.meta_path.insert(0, Blocked())
function, argument = pickle.load(open(sys.argv[1], "rb"))
result = function(argument)
print(sum(batch.num_rows for batch in result))
"""


def _run_elsewhere(function: Callable[..., object], argument: object, tmp_path: Path) -> int:
    file = tmp_path / "task.pickle"
    file.write_bytes(cloudpickle.dumps((function, argument)))
    command = [sys.executable, "-c", _EXECUTOR, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.fixture
def plan(tmp_path: Path) -> stats.ViewPlan:
    return stats._plan(VIEW_BY_NAME["user_author"], None, 2, tmp_path)


def test_dealing_needs_no_package(plan: stats.ViewPlan, tmp_path: Path) -> None:
    nothing = pa.record_batch([pa.array([], pa.string())], ["path"])
    assert _run_elsewhere(dealing(plan), [nothing], tmp_path) == 0


def test_counting_needs_no_package(plan: stats.ViewPlan, tmp_path: Path) -> None:
    one = pa.array([1, 2, 480_000, 0, 0], pa.int64()).to_numpy().tobytes()
    blocks = pa.table({"bucket": pa.array([0], pa.int32()), "block": [one]})
    assert _run_elsewhere(counting(plan), blocks.to_batches(), tmp_path) == 1
    assert len(list(tmp_path.glob("part-*.parquet"))) == 1


def test_counting_hashtags_needs_no_package(tmp_path: Path) -> None:
    uses = pa.table({"tag": ["sea", "sea"], "place": ["", "Oslo"], "user_id": [1, 1], "at": [5, 6]})
    count = trends.tag_uses._of_partition([1000])
    assert _run_elsewhere(count, uses.to_batches(), tmp_path) == 2
