"""A home's feature repository: its configuration, what is applied to it, and materialising into it."""

import contextlib
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from feast import FeatureStore

from features.definitions import VIEWS
from features.feast_store.engine import after_each_view
from features.feast_store.objects import feature_objects
from features.offline.places import features_folder
from features.offline.publish import make_folders
from feed_core.model.errors import NotFound

Progress = Callable[[int, int], None]
_IN_FILE, _ON_REDIS = "path: online.sqlite", "url: ${LOUPE_REDIS_URL}"
_CONFIGURATION = """\
# Written by `loupe features apply`; changes here are overwritten.
project: loupe
provider: local
registry: registry.db
entity_key_serialization_version: 3
offline_store:
  type: features.feast_store.offline_store.AsOfOfflineStore
online_store:
  type: features.feast_store.online_store.PackedOnlineStore
  {online}
batch_engine:
  type: features.feast_store.engine.PackedComputeEngine
"""


def apply(home: Path, url: str = "") -> FeatureStore:
    """Write the repository of ``home`` and register everything in the definitions; safe to repeat.

    ``url`` is the Redis of the online rows, which are in a file of ``home`` without one. It may hold a
    password, so the file names the variable from which Feast's own commands take it.
    """
    folder = features_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    make_folders(home)
    (folder / "feature_store.yaml").write_text(_CONFIGURATION.format(online=_ON_REDIS if url else _IN_FILE))
    store = _opened(folder, url)
    with contextlib.redirect_stdout(io.StringIO()):
        store.apply(feature_objects(home))
    return store


def open_store(home: Path, url: str = "") -> FeatureStore:
    """The feature store of ``home``, ``url`` as in ``apply``; raises ``NotFound`` before ``apply``."""
    folder = features_folder(home)
    if not (folder / "feature_store.yaml").is_file() or not (folder / "registry.db").is_file():
        raise NotFound(f"There is no feature repository at {folder}.", fix="Run: loupe features apply.")
    return _opened(folder, url)


def _opened(folder: Path, url: str) -> FeatureStore:
    store = FeatureStore(repo_path=str(folder))
    if url:
        store.config.online_store.url = url
    return store


def materialize(
    home: Path, *, until: int, since: int | None = None, progress: Progress | None = None, url: str = ""
) -> None:
    """Bring the newest offline rows between ``since`` and ``until`` (ms, both included) online, by Feast.

    ``since`` defaults to the beginning, ``url`` is as in ``apply``. Older rows never replace newer ones that
    are online already.
    """
    store = open_store(home, url)
    start = datetime.fromtimestamp((since or 0) / 1000, UTC)
    end = datetime.fromtimestamp(until / 1000, UTC)
    done = 0

    def report() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, len(VIEWS))

    # One call for all views: Feast parses its whole registry again in each.
    with contextlib.redirect_stdout(io.StringIO()), after_each_view(report):
        store.materialize(start, end, feature_views=[view.name for view in VIEWS])
