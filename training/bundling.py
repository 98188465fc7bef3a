"""Turns a fitted ranker into a bundle under home/bundles, named so that the same model is the same bundle."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from features.bundle import Bundle, read_bundle, write_bundle
from features.definitions import definitions_hash
from feed_core.model.clock import to_rfc3339
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound
from training.rankers.fitted import FittedRanker


def bundles_folder(home: Path) -> Path:
    """Where bundles lie; beside them the links ``champion`` and so on."""
    return home / "bundles"


def version_of(ranker: FittedRanker, as_of: int) -> str:
    """The end of the training data and a fingerprint: trained twice on the same, it is the same version."""
    content = (
        ranker.objective,
        definitions_hash(ranker.features),
        dict(ranker.action_weights),
        {name: trees.text for name, trees in sorted(ranker.heads.items())},
        dict(sorted(ranker.calibrations.items())),
    )
    fingerprint = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
    moment = to_rfc3339(as_of)[:16].replace("-", "").replace(":", "")
    return f"{moment}-{fingerprint[:8]}"


def keep_bundle(
    home: Path, ranker: FittedRanker, *, version: str, metrics: Mapping[str, float], created_at: int
) -> Bundle:
    """Write the bundle; one of the same version that is whole stays as it is, a damaged one is replaced.

    A training that wrote the same version meanwhile was first: a version is its content.
    """
    folder = bundles_folder(home) / version
    if folder.exists():
        try:
            return read_bundle(folder)
        except (Corrupt, InvalidInput, NotFound):
            shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        return write_bundle(
            folder,
            version=version,
            models={name: trees.text for name, trees in ranker.heads.items()},
            calibrations=ranker.calibrations,
            objective=ranker.objective,
            metrics=metrics,
            created_at=created_at,
            action_weights=ranker.action_weights,
            feature_names=ranker.features,
        )
    except Conflict:
        return read_bundle(folder)
