"""MLflow on the run's own SQLite file, or on the Postgres that production names: no server of its own, no
telemetry, nothing else over the network."""

import logging
import os
import warnings
from pathlib import Path
from typing import Any

from feed_core.model.errors import Unavailable

MODEL = "loupe-ranker"
EXPERIMENT = "loupe"
_PATIENCE_SECONDS = 5


def open_registry(home: Path, url: str = "") -> Any:
    """An ``MlflowClient`` on the database ``url`` (postgresql://…), whose tables are made when missing, or on
    home/mlflow.db without one; artifacts lie in home/mlartifacts either way.

    Raises ``Unavailable`` when the database does not answer.
    """
    if url:
        _check_answers(url)
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
    uri = _with_driver(url) if url else f"sqlite:///{(home / 'mlflow.db').resolve()}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def experiment_of(client: Any, home: Path) -> str:
    """The id of the one experiment of ``home``; made when it is not there.

    Where several homes share a database, the first has the plain name and the others their folder's too.
    """
    artifacts = (home / "mlartifacts").resolve().as_uri()
    for name in (EXPERIMENT, f"{EXPERIMENT} {home.resolve()}"):
        found = client.get_experiment_by_name(name)
        if found is None:
            return str(client.create_experiment(name, artifact_location=artifacts))
        if found.artifact_location == artifacts:
            break
    return str(found.experiment_id)


def _with_driver(url: str) -> str:
    """SQLAlchemy takes another driver than ours for a plain postgresql:// URL."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}+psycopg{separator}{rest}" if scheme == "postgresql" else url


def _check_answers(url: str) -> None:
    """MLflow itself would try again for minutes. The message leaves the URL out: it holds a password."""
    import psycopg  # only there where the production packages are installed

    try:
        psycopg.connect(url, connect_timeout=_PATIENCE_SECONDS).close()
    except psycopg.OperationalError as error:
        raise Unavailable(
            "MLflow's database does not answer.",
            fix="Check LOUPE_MLFLOW_URL and the servers (`loupe stack status`).",
        ) from error
