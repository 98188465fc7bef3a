"""MLflow on the run's own SQLite file: no server, no telemetry, nothing over the network."""

import logging
import os
import warnings
from pathlib import Path
from typing import Any

MODEL = "loupe-ranker"
EXPERIMENT = "loupe"


def open_registry(home: Path) -> Any:
    """An ``MlflowClient`` on home/mlflow.db with artifacts in home/mlartifacts, made when missing."""
    # MLflow decides about telemetry when it is imported, and takes seconds to load.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from mlflow import MlflowClient

    # MLflow 3.17 still leans on what SQLAlchemy 2.1 will take away; nobody who runs this can act on it.
    # Here and not at the start of the program, because Feast sets its own filters when it is imported.
    warnings.filterwarnings("ignore", message="The ``noload`` loader strategy", category=DeprecationWarning)
    home.mkdir(parents=True, exist_ok=True)
    uri = f"sqlite:///{(home / 'mlflow.db').resolve()}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def experiment_of(client: Any, home: Path) -> str:
    """The id of the one experiment of ``home``; made when it is not there."""
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    artifacts = (home / "mlartifacts").resolve().as_uri()
    return str(client.create_experiment(EXPERIMENT, artifact_location=artifacts))
