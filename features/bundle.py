"""The model bundle: the one thing that training hands to the ranking service.

A folder with ``manifest.json``, ``manifest.sha256`` and one LightGBM text model a head under
``heads/``. The manifest carries the checksum of every model file; its own stands beside it.
"""

import hashlib
import math
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from features.calibration import Calibration
from features.definitions import FEATURE_NAMES, Names, definitions_hash, features_of
from features.definitions.action_weights import ACTION_WEIGHTS, WEIGHTS_VERSION
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound

FORMAT = 1
MANIFEST, CHECKSUM = "manifest.json", "manifest.sha256"
RANK_HEAD = "rank"
"""Name of the single head of a ``lambdarank`` bundle; its calibrated score is a value, not a probability."""


class BundleFeature(msgspec.Struct, frozen=True):
    """Name and type of one matrix column, in order."""

    name: str
    kind: str = "number"
    dtype: str = "float32"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One model: its file within the bundle, the file's SHA-256, and its calibration curve."""

    file: str
    sha256: str
    calibration: Calibration = Calibration()


class BundleManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle is. ``created_at`` is ms since 1970 UTC."""

    format: int
    version: str
    objective: Literal["heads", "lambdarank"]
    features: tuple[BundleFeature, ...]
    definitions_hash: str
    heads: dict[str, Head]
    action_weights: dict[str, float]
    weights_version: str
    metrics: dict[str, float]
    created_at: int


class Bundle(msgspec.Struct, frozen=True):
    """A bundle on disk whose checksums were right when it was read."""

    folder: Path
    manifest: BundleManifest

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the matrix columns, in the order that the models expect."""
        return tuple(feature.name for feature in self.manifest.features)

    @property
    def is_current(self) -> bool:
        """Whether its features mean today what they meant when it was trained."""
        try:
            return self.manifest.definitions_hash == definitions_hash(self.feature_names)
        except InvalidInput:
            return False

    def model_path(self, head: str) -> Path:
        """The LightGBM text file of ``head``; raises ``NotFound`` for a head that is not there."""
        if head not in self.manifest.heads:
            raise NotFound(f"Bundle {self.manifest.version} has no head {head!r}.")
        return self.folder / self.manifest.heads[head].file

    def compiled_path(self, head: str) -> Path:
        """Where the trees of ``head`` compiled for this machine are kept; made by who serves it."""
        checksum = self.manifest.heads[head].sha256
        return self.folder / "compiled" / f"{head}-{checksum[:16]}.bin"


def write_bundle(
    folder: Path,
    *,
    version: str,
    models: Mapping[str, str],
    calibrations: Mapping[str, Calibration],
    objective: Literal["heads", "lambdarank"],
    metrics: Mapping[str, float],
    created_at: int,
    action_weights: Mapping[str, float] = ACTION_WEIGHTS,
    feature_names: Names = FEATURE_NAMES,
) -> Bundle:
    """Write a bundle to ``folder``, wholly or not at all, and read it back.

    ``models`` maps a head to LightGBM model text, which reads the features ``feature_names``. Raises
    ``Conflict`` when ``folder`` is there, ``InvalidInput`` when there is no model, an action has no weight,
    a feature is not defined, or a metric or weight is not finite.
    """
    _check_heads(models, objective, action_weights)
    _check_finite("metrics", metrics)
    _check_finite("action weights", action_weights)
    features = tuple(BundleFeature(f.name, f.kind, f.dtype) for f in features_of(feature_names))
    if folder.exists():
        raise _taken(folder)
    draft = folder.parent / f".{folder.name}-{uuid.uuid4().hex[:8]}"
    try:
        heads = {name: _write_head(draft, name, text, calibrations) for name, text in models.items()}
        manifest = BundleManifest(
            format=FORMAT, version=version, objective=objective, features=features, heads=heads,
            definitions_hash=definitions_hash(feature_names), action_weights=dict(action_weights),
            weights_version=WEIGHTS_VERSION, created_at=created_at,
            metrics={name: float(value) for name, value in metrics.items()},
        )  # fmt: skip
        _write_manifest(draft, manifest)
        _put(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return read_bundle(folder)


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle and check it.

    Raises ``NotFound`` when there is no bundle, ``Corrupt`` when a file is missing or differs from
    its checksum, ``InvalidInput`` when the format is one that this version cannot read.
    """
    if not (folder / MANIFEST).is_file():  # also for a link that leads in a circle, which cannot be resolved
        raise NotFound(f"There is no model bundle at {folder}.", fix="Run: loupe train && loupe promote.")
    folder = folder.resolve()
    manifest = _read_manifest(folder)
    for name, head in manifest.heads.items():
        path = folder / head.file
        if not path.is_file() or _sha256(path.read_bytes()) != head.sha256:
            raise Corrupt(f"Head {name!r} of the bundle at {folder} is damaged or missing.", fix=_FIX)
    return Bundle(folder, manifest)


_FIX = "Copy the bundle again or train a new one."


def _check_heads(models: Mapping[str, str], objective: str, weights: Mapping[str, float]) -> None:
    if not models:
        raise InvalidInput("A bundle needs at least one model.")
    allowed = set(weights) if objective == "heads" else {RANK_HEAD}
    if unknown := sorted(set(models) - allowed):
        raise InvalidInput(f"Heads without an action weight: {', '.join(unknown)}.")


def _check_finite(what: str, numbers: Mapping[str, float]) -> None:
    """JSON would hold null in the place of other numbers, which nobody can read back."""
    if wrong := [name for name, number in numbers.items() if not math.isfinite(number)]:
        raise InvalidInput(f"These {what} of a bundle are not finite: {', '.join(wrong)}.")


def _write_head(draft: Path, name: str, text: str, calibrations: Mapping[str, Calibration]) -> Head:
    content, file = text.encode(), f"heads/{name}.txt"
    (draft / "heads").mkdir(parents=True, exist_ok=True)
    (draft / file).write_bytes(content)
    return Head(file=file, sha256=_sha256(content), calibration=calibrations.get(name, Calibration()))


def _write_manifest(draft: Path, manifest: BundleManifest) -> None:
    content = msgspec.json.format(msgspec.json.encode(manifest))
    (draft / MANIFEST).write_bytes(content)
    (draft / CHECKSUM).write_text(_sha256(content) + "\n")
    for path in draft.rglob("*.*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _put(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError as error:  # somebody else has written the same version meanwhile
        if folder.exists():
            raise _taken(folder) from error
        raise


def _taken(folder: Path) -> Conflict:
    return Conflict(f"There is a bundle at {folder} already.", fix="Choose another version.")


def _read_manifest(folder: Path) -> BundleManifest:
    content = (folder / MANIFEST).read_bytes()
    checksum = folder / CHECKSUM
    if not checksum.is_file() or checksum.read_bytes().strip() != _sha256(content).encode():
        raise Corrupt(f"The manifest of the bundle at {folder} is damaged.", fix=_FIX)
    if (found := _format_of(content)) != FORMAT:
        raise InvalidInput(f"The bundle at {folder} has format {found}, not {FORMAT}.", fix="Train again.")
    try:
        return msgspec.json.decode(content, type=BundleManifest)
    except (msgspec.MsgspecError, InvalidInput) as error:
        raise Corrupt(f"The manifest of the bundle at {folder} is no manifest: {error}", fix=_FIX) from error


def _format_of(content: bytes) -> object:
    try:
        found = msgspec.json.decode(content)
    except ValueError as error:  # also for text that is no UTF-8
        raise Corrupt(f"The bundle's manifest is not JSON: {error}", fix=_FIX) from error
    return found.get("format") if isinstance(found, dict) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
