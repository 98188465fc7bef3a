"""Registering and promoting open no connection and tell nobody."""

import os
import socket

import pytest

from tests.training.examples import planted
from training.bundling import keep_bundle
from training.rankers import HeadsRanker, TreesConfig
from training.registry import open_registry, promote, register
from training.registry.tracking import experiment_of


def test_nothing_goes_over_the_network(home, monkeypatch) -> None:
    def refuse(*address: object) -> None:
        pytest.fail(f"A connection was opened: {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    ranker = HeadsRanker(trees=TreesConfig(trees=2), outcomes=("like",))(
        planted(2_000), planted(1_000, seed=1)
    )
    bundle = keep_bundle(home, ranker, version="v", metrics={"ndcg_at_10": 0.5}, created_at=1)
    (home / "pictures").mkdir()
    register(home, bundle, parameters={}, metrics={}, curves={}, pictures=home / "pictures")
    assert promote(home).version == "v"
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_a_home_has_one_experiment_with_artifacts_of_its_own(home) -> None:
    client = open_registry(home)
    first = experiment_of(client, home)
    assert experiment_of(client, home) == first
    assert client.get_experiment(first).artifact_location == (home / "mlartifacts").resolve().as_uri()


def test_homes_do_not_share_a_registry(home, tmp_path_factory, with_registry) -> None:
    other = with_registry(tmp_path_factory.mktemp("other"))
    experiment_of(open_registry(home), home)
    names = {experiment.name for experiment in open_registry(other).search_experiments()}
    assert names == {"Default"}
