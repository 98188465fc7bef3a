"""The end of every training: the bundle on disk, its pictures and report, its run in the registry."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from training.bundling import keep_bundle
from training.plots import draw_all
from training.rankers.fitted import FittedRanker
from training.registry import register
from training.report import REPORT_FILE, TrainReport, encode_report


def keep(
    home: Path,
    ranker: FittedRanker,
    report: TrainReport,
    *,
    parameters: Mapping[str, object],
    created_at: int,
    mlflow_url: str = "",
) -> TrainReport:
    """Write the bundle of ``ranker`` and register it as the candidate; the report with its names in MLflow.

    ``parameters`` are what the run was set to, ``created_at`` is in ms, ``mlflow_url`` as in ``promote``.
    """
    bundle = keep_bundle(home, ranker, version=report.version, metrics=report.metrics, created_at=created_at)
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder)
        draw_all(pictures, ranker, report.heads, report.comparison)
        (pictures / REPORT_FILE).write_bytes(encode_report(report, ranker))
        for file in pictures.iterdir():
            (bundle.folder / file.name).write_bytes(file.read_bytes())
        run_id, registered = register(
            home,
            bundle,
            parameters=parameters,
            metrics=report.metrics,
            curves={f"{name}_{trees.metric}": trees.curve for name, trees in ranker.heads.items()},
            pictures=pictures,
            mlflow_url=mlflow_url,
        )
    return replace(report, run_id=run_id, registered=registered)
