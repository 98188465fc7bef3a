"""Bringing data from elsewhere into the feed core; FORMAT.md says what the files look like."""

from pipelines.importing.loading import LoadReport, load_folder, load_tables
from pipelines.importing.tables import ImportTables

__all__ = ["ImportTables", "LoadReport", "load_folder", "load_tables"]
