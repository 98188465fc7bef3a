"""Moves an alias to another bundle: checked first, then in one rename, so serving never sees half of it."""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from features.bundle import Bundle, read_bundle
from feed_core.model.errors import Conflict, InvalidInput, LoupeError, NotFound
from training.bundling import bundles_folder
from training.registry.registering import CANDIDATE, model_version
from training.registry.tracking import MODEL, open_registry
from training.report import METRIC

CHAMPION = "champion"


@dataclass(frozen=True)
class Promotion:
    """``alias`` pointed at ``previous`` ("" for nothing) and points at ``version`` now."""

    alias: str
    version: str
    previous: str
    metric: float | None
    previous_metric: float | None


def promote(
    home: Path, version: str = "", *, alias: str = CHAMPION, force: bool = False, mlflow_url: str = ""
) -> Promotion:
    """Point ``alias`` at the bundle ``version`` ("" is the registered candidate) for serving and in MLflow,
    which is behind ``mlflow_url`` or in ``home`` (``open_registry``). Another alias in ``version``'s place
    means the bundle that it points at now.

    Raises ``NotFound`` for a version that is not there, ``Corrupt`` for a damaged bundle, ``Conflict`` for
    one of other feature definitions, or one that is clearly worse than the one before: its
    ``ndcg_at_10`` interval lies below the other's mean. ``force`` allows the last.
    """
    _check_alias(alias)
    client = open_registry(home, mlflow_url)
    challenger = read_bundle(bundles_folder(home) / (version or _candidate(client)))
    wanted = challenger.manifest.version
    if not challenger.is_current:
        raise Conflict(
            f"Bundle {wanted} was trained on feature definitions {challenger.manifest.definitions_hash}, "
            "and these are others.",
            fix="Run: loupe train.",
        )
    before = current(home, alias)
    if before is not None and not force:
        _check_not_worse(challenger, before)
    _point(bundles_folder(home) / alias, challenger.folder)
    registered = model_version(client, wanted)
    if registered is not None:
        client.set_registered_model_alias(MODEL, alias, registered)
    return Promotion(
        alias,
        wanted,
        before.manifest.version if before else "",
        challenger.manifest.metrics.get(METRIC),
        before.manifest.metrics.get(METRIC) if before else None,
    )


def bundle_named(home: Path, name: str, *, mlflow_url: str = "") -> str:
    """The folder in ``home``/bundles that ``name`` means: a version or alias that lies there, else the bundle
    of an alias that MLflow alone knows, such as ``candidate``. A name that neither knows stays as it is."""
    if (bundles_folder(home) / name).is_dir() or not name.isidentifier():
        return name
    from mlflow.exceptions import MlflowException

    try:
        found = open_registry(home, mlflow_url).get_model_version_by_alias(MODEL, name)
    except MlflowException:
        return name
    return str(found.tags["bundle"])


def current(home: Path, alias: str = CHAMPION) -> Bundle | None:
    """The bundle that ``alias`` points at; ``None`` when there is none that can be read and used here."""
    try:
        bundle = read_bundle(bundles_folder(home) / alias)
    except LoupeError:
        return None
    return bundle if bundle.is_current else None


def _check_alias(alias: str) -> None:
    if not alias.isidentifier():
        raise InvalidInput(f"{alias!r} is no alias.", fix="Use letters, digits and underscores.")


def _candidate(client: object) -> str:
    from mlflow.exceptions import MlflowException

    try:
        found = client.get_model_version_by_alias(MODEL, CANDIDATE)  # type: ignore[attr-defined]
    except MlflowException as error:
        raise NotFound("No candidate is registered.", fix="Run: loupe train.") from error
    return str(found.tags["bundle"])


def _check_not_worse(challenger: Bundle, champion: Bundle) -> None:
    metrics, to_beat = challenger.manifest.metrics, champion.manifest.metrics.get(METRIC)
    highest = metrics.get(f"{METRIC}_high", metrics.get(METRIC))
    if to_beat is None:
        return
    if highest is None or highest < to_beat:
        shown = "unknown" if highest is None else f"at most {highest:.4f}"
        raise Conflict(
            f"{METRIC} of bundle {challenger.manifest.version} is {shown}, and "
            f"{champion.manifest.version} has {to_beat:.4f}.",
            fix="Promote it all the same with --force.",
        )


def _point(link: Path, folder: Path) -> None:
    """The link is relative, so that a home may be moved."""
    draft = link.with_name(f".{link.name}-{uuid.uuid4().hex[:8]}")
    draft.symlink_to(os.path.relpath(folder, link.parent.resolve()))
    os.replace(draft, link)  # noqa: PTH105
