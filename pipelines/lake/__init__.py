"""The event lake: the event log as Parquet by UTC day, each record exactly once."""

from pipelines.lake.reading import (
    lake_days,
    lake_offsets,
    read_decisions,
    read_events,
    read_posts,
    table_files,
)
from pipelines.lake.update import Ends, LakeReport, ends_of, rebuild, update_lake

__all__ = [
    "Ends",
    "LakeReport",
    "ends_of",
    "lake_days",
    "lake_offsets",
    "read_decisions",
    "read_events",
    "read_posts",
    "rebuild",
    "table_files",
    "update_lake",
]
