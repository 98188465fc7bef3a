"""What the jobs wrote, as offline rows: home/features/offline/<view>/*.parquet, one schema a view.

Counts are the files of the statistics job themselves (hard links). Tags, factors and candidates get the
moment up to which the job knew as their event time; the content of posts comes from the lake.
"""

import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from features.content import DAY_SECONDS
from features.definitions import VIEWS, WINDOWED, View
from features.definitions.views import POST_CONTENT
from features.offline.kept import keep, link, mark_of, marked
from features.offline.places import offline_folder
from features.offline.schema import EVENT_TIMESTAMP, schema_of
from feed_core.model.errors import Corrupt

Progress = Callable[[int, int], None]
_DATED = {
    "user_tags": ("tags", "user_tags"),
    "user_factors": ("cf", "user_factors"),
    "post_factors": ("cf", "post_factors"),
    "user_candidates": ("cf", "candidates"),
    "user_post": ("discovery", "pairs"),
    "post_standing": ("discovery", "posts"),
    "user_habits": ("discovery", "people"),
    "user_discoveries": ("discovery", "candidates"),
}
"""Job and table that the rows of a view come from, a folder an ``as_of``."""
_AS_OF = re.compile(r"as_of=(\d+)")


def make_folders(home: Path) -> None:
    """An offline folder for every view, with an empty file where there are no rows yet."""
    for view in VIEWS:
        folder = offline_folder(home, view)
        if not any(folder.glob("*.parquet")):
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(schema_of(view).empty_table(), folder / "empty.parquet")


def publish(home: Path, *, progress: Progress | None = None) -> dict[str, int]:
    """Make offline rows of all that the jobs and the lake of ``home`` hold; returns rows by view.

    Each view's folder is replaced as one, so a reader never sees half of it (for a moment it may see none);
    in it, files whose inputs have not changed are those of the last time. Raises ``Corrupt`` naming a file
    that cannot be read or is no table of its view.
    """
    rows: dict[str, int] = {}
    for done, view in enumerate(VIEWS):
        rows[view.name] = _publish_view(home, view)
        if progress is not None:
            progress(done + 1, len(VIEWS))
    return rows


def _publish_view(home: Path, view: View) -> int:
    folder = offline_folder(home, view)
    draft = folder.parent / f".{view.name}-{uuid.uuid4().hex[:8]}"
    draft.mkdir(parents=True)
    try:
        rows = _write_files(home, view, draft)
        if not rows:
            pq.write_table(schema_of(view).empty_table(), draft / "empty.parquet")
        _replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return rows


@contextmanager
def _reading(source: Path, view: View) -> Iterator[None]:
    """Raises ``Corrupt`` naming ``source`` when it turns out to be no input of ``view``."""
    try:
        yield
    except (pa.ArrowException, KeyError, OSError) as error:
        message = f"The inputs of {view.name} cannot be read: {source}: {error}"
        raise Corrupt(message, fix="Run the job again.") from error


def _write_files(home: Path, view: View, draft: Path) -> int:
    if view in WINDOWED:
        files = sorted((home / "spark/stats" / view.name).glob("*.parquet"))
        return sum(_linked(path, view, draft) for path in files)
    if view == POST_CONTENT:
        with _reading(home / "lake/posts", view):
            return _written(content_table(home), draft / "posts.parquet")
    return sum(_dated(home, view, as_of, source, draft) for as_of, source in _dated_sources(home, view))


def _linked(path: Path, view: View, draft: Path) -> int:
    schema = schema_of(view)
    with _reading(path, view), pq.ParquetFile(path) as file:
        # It is linked as it is, so whether its columns are the view's is tried here, without rows.
        file.schema_arrow.empty_table().select(schema.names).cast(schema)
        link(path, draft / path.name)
        return int(file.metadata.num_rows)


def _written(table: Any, path: Path) -> int:
    if table.num_rows:
        pq.write_table(table, path, compression="zstd")
    return int(table.num_rows)


def _dated_sources(home: Path, view: View) -> Iterator[tuple[int, Path]]:
    """Each ``as_of`` (ms) of the job of ``view`` with the table that it wrote."""
    job, name = _DATED[view.name]
    for folder in sorted((home / "spark" / job).glob("as_of=*")):
        match, path = _AS_OF.fullmatch(folder.name), _table_path(folder, name)
        if match is not None and path is not None:
            yield int(match[1]), path


def _dated(home: Path, view: View, as_of: int, source: Path, draft: Path) -> int:
    """Make the file of ``as_of`` in ``draft``: the one of the last time while ``source`` is the same."""
    with _reading(source, view):
        schema, name, mark = schema_of(view), f"{as_of}.parquet", mark_of(source)
        kept = keep(offline_folder(home, view) / name, draft / name, schema, mark)
        if kept is not None:
            return kept
        table = ds.dataset(source, format="parquet").to_table()
        times = pa.array(np.full(table.num_rows, as_of * 1000), pa.timestamp("us", tz="UTC"))
        table = table.append_column(EVENT_TIMESTAMP, times).select(schema.names).cast(schema)
        return _written(marked(table, mark), draft / name)


def _table_path(folder: Path, name: str) -> Path | None:
    """A job writes a table as one file or as a folder of files."""
    paths = (folder / f"{name}.parquet", folder / name)
    return next((path for path in paths if path.exists()), None)


def content_table(home: Path) -> Any:
    """Rows of ``post_content`` out of the lake's posts, one a version.

    The first version that is known counts from the post's creation, later ones from their edit.
    """
    folder = home / "lake/posts"
    if not any(folder.glob("**/*.parquet")):
        return schema_of(POST_CONTENT).empty_table()
    names = [
        "post_id",
        "caption",
        "hashtags",
        "mentions",
        "media_type",
        "media_count",
        "created_at",
        "updated_at",
    ]
    posts = ds.dataset(folder, format="parquet").to_table(columns=names)
    posts = posts.sort_by([("post_id", "ascending"), ("updated_at", "ascending")]).combine_chunks()
    ids, created = posts["post_id"].to_numpy(), posts["created_at"].to_numpy()
    first = np.ones(len(ids), bool)
    first[1:] = ids[1:] != ids[:-1]
    times = np.where(first, created, posts["updated_at"].to_numpy())
    seconds = created // 1000
    return pa.table(
        {
            "post_id": ids,
            EVENT_TIMESTAMP: pa.array(times * 1000, pa.timestamp("us", tz="UTC")),
            "hashtags": posts["hashtags"],
            "is_video": pc.equal(posts["media_type"], "video").cast(pa.float32()),
            "media_count": posts["media_count"].cast(pa.float32()),
            "caption_length": pc.utf8_length(posts["caption"]).cast(pa.float32()),
            "mention_count": pc.list_value_length(posts["mentions"]).cast(pa.float32()),
            "created_day": (seconds // DAY_SECONDS).astype(np.float32),
            "created_second": (seconds % DAY_SECONDS).astype(np.float32),
        }
    ).cast(schema_of(POST_CONTENT))


def _replace(draft: Path, folder: Path) -> None:
    """Put ``draft`` in the place of ``folder``; what was there goes away afterwards."""
    old = folder.parent / f".{folder.name}-{uuid.uuid4().hex[:8]}"
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
