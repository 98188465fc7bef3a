"""Writes a training down: parameters, metrics, plots, the bundle, and a model version that names them."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from features.bundle import Bundle
from training.registry.tracking import MODEL, experiment_of, open_registry

CANDIDATE = "candidate"
_TAG = "bundle"


def register(
    home: Path,
    bundle: Bundle,
    *,
    parameters: Mapping[str, Any],
    metrics: Mapping[str, float],
    curves: Mapping[str, tuple[float, ...]],
    pictures: Path,
    mlflow_url: str = "",
) -> tuple[str, str]:
    """Log a run with the files in ``pictures`` and register the bundle under the alias ``candidate``.

    Returns (run id, model version). ``curves`` are logged round by round. A bundle that is registered
    already gets a new run, and keeps its model version. ``mlflow_url`` as in ``promote``.
    """
    client = open_registry(home, mlflow_url)
    run = client.create_run(experiment_of(client, home), run_name=bundle.manifest.version)
    run_id = str(run.info.run_id)
    try:
        _log(client, run_id, parameters, metrics, curves)
        client.log_artifacts(run_id, str(pictures), "plots")
        _log_bundle(client, run_id, bundle)
        version = model_version(client, bundle.manifest.version) or _new_version(client, run, bundle)
        client.set_registered_model_alias(MODEL, CANDIDATE, version)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id)
    return run_id, version


def model_version(client: Any, bundle_version: str) -> str | None:
    """MLflow's number for the bundle, ``None`` when it is not registered."""
    for found in client.search_model_versions(f"name = '{MODEL}'"):
        if found.tags.get(_TAG) == bundle_version:
            return str(found.version)
    return None


def _log(
    client: Any,
    run_id: str,
    parameters: Mapping[str, Any],
    metrics: Mapping[str, float],
    curves: Mapping[str, tuple[float, ...]],
) -> None:
    from mlflow.entities import Metric, Param

    rounds = [
        Metric(f"curve_{name.replace('@', '_at_')}", value, 0, step)
        for name, curve in curves.items()
        for step, value in enumerate(curve, 1)
    ]
    finals = [Metric(name, value, 0, 0) for name, value in metrics.items()]
    client.log_batch(run_id, metrics=finals, params=[Param(k, str(v)[:500]) for k, v in parameters.items()])
    for start in range(0, len(rounds), 1_000):
        client.log_batch(run_id, metrics=rounds[start : start + 1_000])


def _log_bundle(client: Any, run_id: str, bundle: Bundle) -> None:
    """Only the bundle's own files: code that was compiled for this machine is of no use elsewhere."""
    with tempfile.TemporaryDirectory() as folder:
        for file in ("manifest.json", "manifest.sha256", *(h.file for h in bundle.manifest.heads.values())):
            copy = Path(folder) / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((bundle.folder / file).read_bytes())
        client.log_artifacts(run_id, folder, "bundle")


def _new_version(client: Any, run: Any, bundle: Bundle) -> str:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(MODEL)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    manifest = bundle.manifest
    tags = {
        _TAG: manifest.version,
        "definitions_hash": manifest.definitions_hash,
        "objective": manifest.objective,
    }
    source = f"{run.info.artifact_uri}/bundle"
    made = client.create_model_version(MODEL, source, run_id=run.info.run_id, tags=tags)
    return str(made.version)
