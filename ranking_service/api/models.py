"""The bundles of this home and what they were measured at; and the report of the last run."""

import os
from pathlib import Path

import msgspec
from fastapi import APIRouter, Response

from features.bundle import Bundle, read_bundle
from feed_core.model.clock import to_rfc3339
from feed_core.model.errors import Corrupt, LoupeError, NotFound
from ranking_service.api.context import Home
from ranking_service.api.openapi import json_of
from ranking_service.api.wire import answer

router = APIRouter(prefix="/v1", tags=["console"])


class Metrics(msgspec.Struct, frozen=True):
    """``heads`` by action and measure; ``overall`` holds what is not of one action."""

    heads: dict[str, dict[str, float]]
    overall: dict[str, float]


class ModelOut(msgspec.Struct, frozen=True, kw_only=True):
    """One bundle. ``problem`` says why one that is damaged cannot serve."""

    version: str
    champion: bool
    objective: str = ""
    features: tuple[str, ...] = ()
    created_at: str = ""
    action_weights: dict[str, float] = {}
    metrics: Metrics = Metrics({}, {})
    problem: str = ""


class ModelsOut(msgspec.Struct, frozen=True):
    """Newest first."""

    models: tuple[ModelOut, ...]


@router.get("/models", response_class=Response, responses=json_of(ModelsOut))
def list_models(home: Home) -> Response:
    """Every bundle of this home, the champion marked."""
    return answer(ModelsOut(tuple(models_of(home / "bundles"))))


@router.get("/report", response_class=Response)
def read_report(home: Home) -> Response:
    """What the last run measured, as it was written; 404 before there is one."""
    path = home / "report.json"
    if not path.is_file():
        raise NotFound("There is no report yet.", fix="Run: loupe demo.")
    content = path.read_bytes()
    try:
        msgspec.json.decode(content)
    except ValueError as error:  # also for text that is no UTF-8
        raise Corrupt(f"The report cannot be read: {error}.", fix="Run: loupe demo.") from error
    return Response(content, media_type="application/json")


def models_of(bundles: Path) -> list[ModelOut]:
    """The bundles in the folder, newest first; empty when there is none."""
    champion = Path(os.path.realpath(bundles / "champion")).name  # also of a link to itself
    folders = [path for path in bundles.glob("[!.]*") if path.is_dir() and not path.is_symlink()]
    models = [_model_out(folder, folder.name == champion) for folder in folders]
    return sorted(models, key=lambda model: (model.created_at, model.version), reverse=True)


def _model_out(folder: Path, champion: bool) -> ModelOut:
    try:
        bundle = read_bundle(folder)
    except LoupeError as error:
        return ModelOut(version=folder.name, champion=champion, problem=str(error))
    manifest = bundle.manifest
    return ModelOut(
        version=manifest.version, champion=champion, objective=manifest.objective,
        features=bundle.feature_names, created_at=to_rfc3339(manifest.created_at),
        action_weights=manifest.action_weights, metrics=_metrics(bundle),
    )  # fmt: skip


def _metrics(bundle: Bundle) -> Metrics:
    """``like_auc`` goes to head ``like`` as ``auc``; names without a head are overall."""
    heads: dict[str, dict[str, float]] = {}
    overall: dict[str, float] = {}
    names = sorted(bundle.manifest.heads, key=len, reverse=True)
    for name, value in bundle.manifest.metrics.items():
        head = next((head for head in names if name.startswith(f"{head}_")), "")
        if head:
            measure = name.removeprefix(f"{head}_")
            heads.setdefault(head, {})["base_rate" if measure == "base" else measure] = value
        else:
            overall[name] = value
    return Metrics(heads, overall)
