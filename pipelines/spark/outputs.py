"""Where the jobs' results lie, and how they get there whole."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.lake.atomic import replace_folder


def job_folder(home: Path, job: str) -> Path:
    """The folder of all results of ``job`` (cf, tags, trends, stats)."""
    return home / "spark" / job


def dated_folder(home: Path, job: str, as_of: int) -> Path:
    """The results of ``job`` out of what was known before ``as_of`` (ms)."""
    return job_folder(home, job) / f"as_of={as_of}"


def as_ofs_of(home: Path, job: str) -> list[int]:
    """The dates (ms) for which ``job`` has results, ascending."""
    return sorted(int(folder.name[6:]) for folder in job_folder(home, job).glob("as_of=*"))


def scratch_beside(target: Path) -> Path:
    """An empty place to write what will become ``target``; hidden from readers."""
    scratch = target.with_name(f".{target.name}.writing")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    return scratch


def publish_tables(target: Path, tables: Mapping[str, pa.Table]) -> Path:
    """Write each table as ``target/<name>.parquet``; the folder appears, or is replaced, as one."""
    scratch = scratch_beside(target)
    scratch.mkdir()
    for name, table in tables.items():
        pq.write_table(table, scratch / f"{name}.parquet", compression="zstd")
    replace_folder(scratch, target)
    return target
