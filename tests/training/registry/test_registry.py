"""The registry remembers every training; promotion moves one link, and only to a bundle that deserves it."""

from pathlib import Path

import pytest

from features import bundle as bundles
from features.bundle import read_bundle
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound
from tests.training.examples import planted
from training.bundling import keep_bundle, version_of
from training.rankers import HeadsRanker, TreesConfig
from training.registry import (
    MODEL,
    bundle_named,
    current,
    model_version,
    open_registry,
    promote,
    register,
)

RANKER = HeadsRanker(trees=TreesConfig(trees=3), outcomes=("like",))(planted(2_000), planted(1_000, seed=1))


def _bundle(home: Path, version: str, ndcg: float, spread: float = 0.01):
    metrics = {"ndcg_at_10": ndcg, "ndcg_at_10_high": ndcg + spread}
    return keep_bundle(home, RANKER, version=version, metrics=metrics, created_at=1)


def _register(home: Path, version: str, ndcg: float = 0.5):
    made = _bundle(home, version, ndcg)
    pictures = home / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / "importance.png").write_bytes(b"\x89PNG")
    return register(
        home,
        made,
        parameters={"seed": 0},
        metrics=made.manifest.metrics,
        curves={"like_loss": (0.5, 0.4)},
        pictures=pictures,
    )


@pytest.fixture
def registered(home) -> tuple[str, str]:
    return _register(home, "first")


def test_a_run_holds_parameters_metrics_curves_plots_and_the_bundle(home, registered) -> None:
    client = open_registry(home)
    run = client.get_run(registered[0])
    assert run.info.status == "FINISHED"
    assert run.data.params == {"seed": "0"}
    assert run.data.metrics["ndcg_at_10"] == 0.5
    assert [m.value for m in client.get_metric_history(registered[0], "curve_like_loss")] == [0.5, 0.4]
    artifacts = Path(run.info.artifact_uri.removeprefix("file://"))
    assert (artifacts / "plots/importance.png").is_file()
    assert read_bundle(artifacts / "bundle").manifest.version == "first"
    assert artifacts.is_relative_to(home / "mlartifacts")


def test_the_model_version_names_the_bundle_and_is_the_candidate(home, registered) -> None:
    found = open_registry(home).get_model_version_by_alias(MODEL, "candidate")
    assert str(found.version) == registered[1] == model_version(open_registry(home), "first")
    assert found.tags["bundle"] == "first"
    assert found.run_id == registered[0]


def test_registering_again_keeps_the_model_version(home, registered) -> None:
    run_id, version = _register(home, "first")
    assert version == registered[1]
    assert run_id != registered[0]


def test_a_failed_registration_is_marked(home, registered) -> None:
    broken = _bundle(home, "broken", 0.5)
    broken.model_path("like").unlink()
    with pytest.raises(FileNotFoundError):
        register(home, broken, parameters={}, metrics={}, curves={}, pictures=home / "pictures")
    client = open_registry(home)
    found = client.search_runs([client.get_run(registered[0]).info.experiment_id])
    assert sorted(run.info.status for run in found) == ["FAILED", "FINISHED"]
    assert model_version(client, "broken") is None


def test_promotion_moves_link_and_alias_from_the_candidate_on(home) -> None:
    _register(home, "old")
    first = promote(home)
    _register(home, "new", 0.6)
    second = promote(home)
    assert (first.version, first.previous) == ("old", "")
    assert (second.version, second.previous, second.metric, second.previous_metric) == (
        "new",
        "old",
        0.6,
        0.5,
    )
    assert (home / "bundles/champion").readlink() == Path("new")
    assert open_registry(home).get_model_version_by_alias(MODEL, "champion").tags["bundle"] == "new"
    assert promote(home, "new").version == "new"
    assert not [path for path in (home / "bundles").iterdir() if path.name.startswith(".")]


def test_a_worse_bundle_needs_force_and_noise_does_not(home, registered) -> None:
    promote(home, "first")
    _bundle(home, "worse", 0.4)
    _bundle(home, "alike", 0.495)
    with pytest.raises(Conflict, match="--force"):
        promote(home, "worse")
    assert current(home).manifest.version == "first"
    assert promote(home, "alike").previous == "first"
    assert promote(home, "worse", force=True).version == "worse"


def test_a_bundle_that_never_was_judged_is_not_promoted_over_one_that_was(home, registered) -> None:
    promote(home, "first", force=True)
    keep_bundle(home, RANKER, version="unjudged", metrics={}, created_at=1)
    with pytest.raises(Conflict, match="unknown"):
        promote(home, "unjudged")


def test_corrupt_foreign_and_missing_bundles_are_refused_even_by_force(home, registered, monkeypatch) -> None:
    promote(home, "first", force=True)
    damaged = _bundle(home, "damaged", 0.9)
    damaged.model_path("like").write_text("half")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(bundles, "definitions_hash", lambda _names: "other")
        _bundle(home, "foreign", 0.9)
    for version, error in (("damaged", Corrupt), ("foreign", Conflict), ("missing", NotFound)):
        with pytest.raises(error):
            promote(home, version, force=True)
    assert current(home).manifest.version == "first"


def test_a_damaged_champion_does_not_block_its_successor(home) -> None:
    promote(home, _bundle(home, "old", 0.9).manifest.version)
    (home / "bundles/old/manifest.json").write_text("{}")
    assert current(home) is None
    assert promote(home, _bundle(home, "new", 0.1).manifest.version).previous == ""


def test_other_aliases_have_their_own_link_and_wrong_ones_are_refused(home, registered) -> None:
    promote(home, "first", alias="challenger")
    assert (home / "bundles/challenger").readlink() == Path("first")
    for alias in ("", "../champion", "a b"):
        with pytest.raises(InvalidInput):
            promote(home, "first", alias=alias)


@pytest.mark.parametrize("named", ["champion", "challenger"])
def test_promoting_by_an_alias_points_at_the_bundle_itself(home, registered, named: str) -> None:
    promote(home, "first")
    promote(home, "first", alias="challenger")
    assert promote(home, named).version == "first"
    assert (home / "bundles/champion").readlink() == Path("first")
    assert open_registry(home).get_model_version_by_alias(MODEL, "champion").tags["bundle"] == "first"
    assert current(home).manifest.version == "first"


def test_an_alias_that_points_at_itself_is_no_bundle_and_can_be_promoted_over(home, registered) -> None:
    (home / "bundles/champion").symlink_to("champion")
    assert current(home) is None
    assert promote(home, "first").previous == ""
    assert current(home).manifest.version == "first"


def test_a_bundle_is_named_by_its_version_by_a_link_or_by_an_alias_of_the_registry(home, registered) -> None:
    promote(home, "first")
    _register(home, "second")
    names = ("first", "champion", "candidate", "nothing", "20260101T0000-0badc0de")
    assert [bundle_named(home, name) for name in names] == [*names[:2], "second", *names[3:]]


def test_nothing_registered_is_told(home) -> None:
    with pytest.raises(NotFound, match="loupe train"):
        promote(home)


def test_a_version_is_the_content(home) -> None:
    other = HeadsRanker(trees=TreesConfig(trees=3, seed=1), outcomes=("like",))(
        planted(2_000), planted(1_000, seed=1)
    )
    assert version_of(RANKER, 0) == version_of(RANKER, 0)
    assert version_of(RANKER, 0).startswith("19700101T0000-")
    assert version_of(RANKER, 0) != version_of(other, 0)
