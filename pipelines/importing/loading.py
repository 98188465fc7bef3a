"""Loads the import format: all good rows in order of time, once, and the others into a reject file."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pandas as pd

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock, SystemClock
from feed_core.model.errors import InvalidInput
from pipelines.importing.applying import Applier
from pipelines.importing.checking import check
from pipelines.importing.digests import digests_of
from pipelines.importing.external_ids import LoadedRows
from pipelines.importing.once import BatchJournal
from pipelines.importing.reading import read_folder
from pipelines.importing.rejects import Reject, write_rejects
from pipelines.importing.slices import slices
from pipelines.importing.tables import COLUMNS, ImportTables, TableName

Progress = Callable[[int, int], None]
_DRAIN_EVERY = 20_000
_LONGEST = 64
"""Letters of the name of a source, of which names of files are made."""


@dataclass(frozen=True)
class LoadReport:
    """Rows by table. ``skipped`` rows had been loaded before, or stand twice in the input."""

    accepted: dict[TableName, int]
    skipped: dict[TableName, int]
    rejected: int
    reject_file: Path


def load_tables(
    core: FeedCore,
    tables: ImportTables,
    *,
    clock: SetClock,
    home: Path,
    source: str = "import",
    rejects: Sequence[Reject] = (),
    progress: Progress | None = None,
) -> LoadReport:
    """Load ``tables`` into ``core``, which must run on ``clock``; safe to repeat.

    ``source`` names where the external ids come from; under ``home/import`` it gets a file of what is
    loaded, and ``<source>.rejects.jsonl`` with the rows that are not (after ``rejects``, those that the
    reader found). The clock is left at the time of the last row.
    """
    if core.clock is not clock:
        raise InvalidInput("The core runs on another clock.", fix="Open it with FeedCore.open(clock=clock).")
    if not re.fullmatch(r"[\w-]+", source) or len(source) > _LONGEST:
        raise InvalidInput(
            f"The source {source!r} is no plain name.", fix=f"Use up to {_LONGEST} letters, digits, _ and -."
        )
    loaded = LoadedRows(home / "import" / f"{source}.sqlite")
    try:
        journal = BatchJournal(core, loaded, source)
        journal.recover()
        applier = Applier(core, clock, loaded, journal)
        report, found = _load(core, tables.normalised(), loaded, applier, progress or _silent)
    finally:
        loaded.close()
    found = [*rejects, *found]
    write_rejects(home / "import" / f"{source}.rejects.jsonl", found)
    return replace(report, rejected=len(found), reject_file=home / "import" / f"{source}.rejects.jsonl")


def load_folder(
    core: FeedCore,
    folder: Path,
    *,
    clock: SetClock,
    home: Path,
    source: str = "",
    progress: Progress | None = None,
) -> LoadReport:
    """Load the files of ``folder`` (see FORMAT.md); ``source`` is the folder's name unless given.

    Raises what ``read_folder`` raises, before anything is written.
    """
    tables, rejects = read_folder(folder)
    name = source or _source_of(folder)
    return load_tables(core, tables, clock=clock, home=home, source=name, rejects=rejects, progress=progress)


def _source_of(folder: Path) -> str:
    """The folder's name made plain; a long one ends in a digest of the whole, lest two become one."""
    name = re.sub(r"[^\w-]+", "-", folder.resolve().name)
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 13]}-{sha256(name.encode()).hexdigest()[:12]}"


def _load(
    core: FeedCore, tables: ImportTables, loaded: LoadedRows, applier: Applier, progress: Progress
) -> tuple[LoadReport, list[Reject]]:
    users, posts = loaded.ids("user"), loaded.ids("post")
    checked = check(
        tables,
        {external: one.at for external, one in users.items()},
        {external: one.at for external, one in posts.items()},
        SystemClock().now(),
    )
    fresh = _fresh(checked.tables, set(users), set(posts), loaded.digests())
    _apply(core, fresh, applier, progress)
    skipped = {name: len(getattr(checked.tables, name)) - len(getattr(fresh, name)) for name in COLUMNS}
    report = LoadReport({name: applier.accepted[name] for name in COLUMNS}, skipped, 0, Path())
    return report, checked.rejects + applier.rejects


def _apply(core: FeedCore, fresh: ImportTables, applier: Applier, progress: Progress) -> None:
    total = sum(len(getattr(fresh, name)) for name in COLUMNS)
    done = undrained = 0
    for part in slices(fresh):
        applier.put(part)
        done, undrained = done + len(part), undrained + len(part)
        if undrained >= _DRAIN_EVERY:
            core.drain()
            undrained = 0
        progress(done, total)
    core.drain()


def _fresh(tables: ImportTables, users: set[str], posts: set[str], digests: set[int]) -> ImportTables:
    """The rows that have not been loaded before; follows and engagements get a ``digest`` column."""
    return ImportTables(
        users=tables.users[~tables.users["user_id"].isin(users)],
        follows=_undigested("follows", tables.follows, digests),
        posts=tables.posts[~tables.posts["post_id"].isin(posts)],
        engagements=_undigested("engagements", tables.engagements, digests),
    )


def _undigested(table: TableName, frame: pd.DataFrame, digests: set[int]) -> pd.DataFrame:
    """Rows that are not known by their digest; of equal rows the first counts."""
    digested = frame.assign(digest=digests_of(table, frame))
    return digested[~digested["digest"].isin(digests) & ~digested.duplicated("digest")]


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""
