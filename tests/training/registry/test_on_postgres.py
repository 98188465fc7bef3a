"""The registry in Postgres, as production has it: homes share one, and what is kept comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.model.errors import Unavailable
from pipelines.stack.layout import Stack
from tests.postgres_shards import databases
from tests.training.examples import planted
from training.bundling import keep_bundle
from training.rankers import HeadsRanker, TreesConfig
from training.registry import MODEL, open_registry, promote, register
from training.registry.tracking import experiment_of

RANKER = HeadsRanker(trees=TreesConfig(trees=2), outcomes=("like",))(planted(2_000), planted(1_000, seed=1))


@pytest.fixture(scope="module")
def url(postgres_server: Stack) -> Iterator[str]:
    """An empty database, in which MLflow makes its tables."""
    with databases(postgres_server) as urls:
        yield urls[0]


def _register(home: Path, version: str, url: str) -> tuple[str, str]:
    bundle = keep_bundle(home, RANKER, version=version, metrics={"ndcg_at_10": 0.5}, created_at=1)
    (home / "pictures").mkdir(exist_ok=True)
    return register(
        home, bundle, parameters={"seed": 0}, metrics={"ndcg_at_10": 0.5}, curves={"like_loss": (0.5, 0.4)},
        pictures=home / "pictures", mlflow_url=url,
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_runs_versions_and_aliases_are_in_postgres_and_the_artifacts_at_home(
    tmp_path: Path, url: str
) -> None:
    run_id, version = _register(tmp_path, "first", url)
    assert promote(tmp_path, mlflow_url=url).version == "first"
    client = open_registry(tmp_path, url)
    run = client.get_run(run_id)
    assert (run.info.status, run.data.metrics["ndcg_at_10"]) == ("FINISHED", 0.5)
    assert [point.value for point in client.get_metric_history(run_id, "curve_like_loss")] == [0.5, 0.4]
    for alias in ("candidate", "champion"):
        assert str(client.get_model_version_by_alias(MODEL, alias).version) == version
    assert Path(run.info.artifact_uri.removeprefix("file://")).is_relative_to(tmp_path / "mlartifacts")
    assert not (tmp_path / "mlflow.db").exists()


@pytest.mark.timeout(300)
def test_homes_that_share_it_keep_their_artifacts_apart(tmp_path: Path, url: str) -> None:
    homes = tmp_path / "one", tmp_path / "two"
    for home in homes:
        home.mkdir()
        _register(home, f"of-{home.name}", url)
    client = open_registry(tmp_path, url)
    experiments = [client.get_experiment(experiment_of(client, home)) for home in homes]
    assert [each.artifact_location for each in experiments] == [
        (home / "mlartifacts").resolve().as_uri() for home in homes
    ]
    assert [experiment_of(client, home) for home in homes] == [each.experiment_id for each in experiments]
    assert promote(homes[1], mlflow_url=url).version == "of-two"


def test_a_database_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        open_registry(tmp_path, "postgresql://loupe:secret@127.0.0.1:1/mlflow")
    assert "secret" not in f"{refused.value.message} {refused.value.fix}"
    assert "LOUPE_MLFLOW_URL" in refused.value.fix
