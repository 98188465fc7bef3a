"""Keeps the simulation's truth in one file, so that a later day can be played by another process.

Only the simulation reads it: no feature, job or model opens this file.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from feed_core.model.errors import Corrupt, NotFound
from pipelines.society.config import SocietyConfig
from pipelines.society.serving import Seen
from pipelines.society.society import Society

_CATALOGUE = ("post_ids", "authors", "mix", "quality", "is_video", "created_at")


def save_truth(home: Path, society: Society, seen: Seen) -> Path:
    """Write ``home``/truth.npz in one step; returns its path."""
    path = home / "truth.npz"
    draft = path.with_name("truth.draft.npz")
    sources, targets = society.following.arrays()
    readers, posts = seen.arrays()
    columns = {f"catalogue_{name}": getattr(society.catalogue, name) for name in _CATALOGUE}
    np.savez(
        draft, config=msgspec.json.encode(society.config).decode(), seed=society.seed,
        user_ids=society.user_ids, sources=sources, targets=targets, readers=readers, posts=posts,
        **columns, **_planted_columns(society),
    )  # fmt: skip
    return draft.replace(path)


def load_truth(home: Path) -> tuple[Society, Seen]:
    """The society as it was saved, and what everyone has seen.

    Raises ``NotFound`` when no society was played in ``home``, ``Corrupt`` when the file is damaged.
    """
    path = home / "truth.npz"
    if not path.exists():
        raise NotFound(f"No society was played in {home}.", fix="Run loupe play first.")
    saved = _arrays(path)
    try:
        config = msgspec.json.decode(str(saved["config"]), type=SocietyConfig)
        society, seen = Society(config, int(saved["seed"])), Seen()
        society.user_ids = saved["user_ids"]
        society.following.add(saved["sources"], saved["targets"])
        for name in _CATALOGUE:
            setattr(society.catalogue, name, saved[f"catalogue_{name}"])
        seen.add_arrays(saved["readers"], saved["posts"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, error) from error
    return society, seen


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with np.load(path) as saved:
            return dict(saved)
    except Exception as error:  # numpy and zipfile raise whatever the broken bytes lead them to
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> Corrupt:
    return Corrupt(f"{path} is damaged: {error}.", fix="Play again into a new --home.")


def _planted_columns(society: Society) -> dict[str, Any]:
    """What was planted, for whoever judges a detector; loading makes it anew from the seed."""
    bursts, rings = society.planted
    return {
        "burst_tags": np.array([burst.tag for burst in bursts], np.str_),
        "burst_windows": np.array([(burst.start, burst.end) for burst in bursts], np.int64),
        "ring_tags": np.array([ring.tag for ring in rings], np.str_),
        "ring_windows": np.array([(ring.start, ring.end) for ring in rings], np.int64),
        "ring_user_ids": np.array([society.user_ids[ring.members] for ring in rings], np.int64),
        "newcomer_user_ids": society.user_ids[society.is_newcomer() & (society.user_ids > 0)],
    }
