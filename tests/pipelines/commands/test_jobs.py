"""Every job works alone, says what it wrote and where, and can be run again."""

import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import DAYS, LOOP_DAYS, PEOPLE
from tests.pipelines.commands.conftest import Loupe, failed, files

pytestmark = pytest.mark.slow(80)


@pytest.fixture(scope="module")
def home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's home on which the jobs run, one after another."""
    return shutil.copytree(demo_home, tmp_path_factory.mktemp("cli") / "home", symlinks=True)


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every Parquet file under ``folder``, its rows in an order of their own."""
    found = {}
    for path in sorted(folder.rglob("*.parquet")):
        table = pq.ParquetFile(path).read()
        flat = [field.name for field in table.schema if not pa.types.is_list(field.type)]
        found[str(path.relative_to(folder))] = table.sort_by(
            [(name, "ascending") for name in flat]
        ).to_pandas()
    return found


@pytest.mark.spark
@pytest.mark.parametrize(
    ("command", "wrote"),
    [
        (("lake",), "lake"),
        (("spark", "stats"), "spark/stats"),
        (("spark", "tags"), "spark/tags"),
        (("spark", "trends"), "spark/trends"),
        (("features", "apply"), "features/offline"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_job_says_where_it_wrote_and_writes_the_same_again(
    loupe: Loupe, home: Path, command: tuple[str, ...], wrote: str
) -> None:
    first = loupe(*command, "--home", home)
    assert first.code == 0, first
    assert first.says(home / wrote) or first.says(home / "features")
    written = tables(home / wrote)
    assert written
    again = loupe(*command, "--home", home)
    assert again.code == 0, again
    rewritten = tables(home / wrote)
    assert rewritten.keys() == written.keys()
    for name, table in written.items():
        pd.testing.assert_frame_equal(rewritten[name], table, obj=name)
    assert not [name for name in files(home) if "draft" in name]


@pytest.mark.spark
def test_collaborative_filtering_covers_the_same_people_and_posts_again(loupe: Loupe, home: Path) -> None:
    covered = []
    for _ in range(2):
        ran = loupe("spark", "cf", "--home", home, "--days", 1)
        assert ran.code == 0, ran
        newest = max((home / "spark" / "cf").glob("as_of=*"))
        assert ran.says(newest)
        covered.append(
            [
                sorted(pq.read_table(newest / f"{name}.parquet")[0].to_pylist())
                for name in ("user_factors", "post_factors", "candidates")
            ]
        )
    assert all(covered[0])
    assert covered[0] == covered[1]


def test_rows_are_brought_online_again_safely(loupe: Loupe, home: Path) -> None:
    for _ in range(2):
        ran = loupe("features", "materialize", "--home", home)
        assert ran.code == 0, ran
        assert ran.says(home / "features" / "online.sqlite")


def test_a_model_is_trained_judged_and_promoted_and_all_of_it_again(loupe: Loupe, home: Path) -> None:
    champion = home / "bundles" / "champion"
    before = champion.resolve().name
    versions = set()
    for _ in range(2):
        ran = loupe("train", "--home", home, "--days", 3)
        assert ran.code == 0, ran
        assert ran.says("Registered")
        assert champion.resolve().name == before, "training alone serves nothing"
        versions = {path.name for path in (home / "bundles").iterdir() if not path.is_symlink()} - {before}
    assert len(versions) == 1, "the same data and seed make the same model"
    new = versions.pop()
    moved = loupe("promote", "--home", home, "--force", new)
    assert moved.code == 0, moved
    assert moved.says(f"champion is now {new} (before: {before})")
    assert champion.resolve().name == new
    assert loupe("promote", "--home", home, "--force", new).code == 0
    assert champion.resolve().name == new
    judged = [loupe("evaluate", "--home", home, "--version", name) for name in (new, "champion")]
    assert [ran.code for ran in judged] == [0, 0], judged
    assert "ndcg@10" in judged[0].out
    tables = [ran.out[ran.out.index("Offline") :] for ran in judged]
    assert tables[0] == tables[1]


def test_a_finished_demo_only_prints_its_report(loupe: Loupe, demo_copy: Path) -> None:
    before = {name: (demo_copy / name).stat().st_mtime_ns for name in files(demo_copy)}
    sizes = ("--people", PEOPLE, "--days", DAYS, "--loop-days", LOOP_DAYS)
    ran = loupe("demo", *sizes, "--no-serve", "--home", demo_copy)
    assert ran.code == 0, ran
    assert ran.says("Closed loop")
    assert ran.says("Ranking closes")
    assert "━━━━━━ " not in ran.out, "no stage was run"
    after = {name: (demo_copy / name).stat().st_mtime_ns for name in files(demo_copy)}
    assert {name for name in after if after[name] != before.get(name)} <= {"journal.json"}


def test_a_small_society_is_played_once(loupe: Loupe, tmp_path: Path) -> None:
    ran = loupe("play", "--home", tmp_path / "new", "--people", 40, "--days", 1)
    assert ran.code == 0, ran
    assert ran.says(tmp_path / "new")
    assert ran.says("impressions")
    filled = loupe("lake", "--home", tmp_path / "new")
    assert filled.says(tmp_path / "new" / "lake")
    again = loupe("play", "--home", tmp_path / "new", "--people", 40, "--days", 1)
    failed(again, "conflict", "lives in this home", "--home")
    assert loupe("lake", "--home", tmp_path / "new").says("0 rows"), "a refused play wrote nothing"
