"""Which bundle an alias means, told without a registry; and what is no alias never comes to one."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec import structs

from features.bundle import Bundle
from features.definitions import ACTION_WEIGHTS, DISCOVERY, FEATURE_NAMES
from feed_core.model.clock import DAY
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound
from tests.training.examples import planted
from tests.training.lake import START, Lake
from training import evaluate
from training.bundling import bundles_folder, keep_bundle, version_of
from training.rankers import HeadsRanker, Trees, TreesConfig
from training.rankers.fitted import FittedRanker
from training.registry import bundle_named, current, promote


def ranker(text: str = "trees", features: tuple[str, ...] = FEATURE_NAMES) -> FittedRanker:
    heads = {"like": Trees(text, "", (), np.zeros(len(features)))}
    return FittedRanker("heads", heads, {}, dict(ACTION_WEIGHTS), features)


def kept(home: Path, version: str = "v1", **more: object) -> Bundle:
    return keep_bundle(home, ranker(**more), version=version, metrics={}, created_at=1)  # type: ignore[arg-type]


def point(home: Path, alias: str, target: str) -> None:
    bundles_folder(home).mkdir(exist_ok=True)
    (bundles_folder(home) / alias).symlink_to(target)


def test_an_alias_is_the_bundle_that_its_link_points_at(tmp_path: Path) -> None:
    bundle = kept(tmp_path)
    point(tmp_path, "champion", "v1")
    point(tmp_path, "other", "champion")
    assert current(tmp_path) == current(tmp_path, "other") == bundle
    assert current(tmp_path, "challenger") is None


@pytest.mark.parametrize(
    "damage", ["no link", "nowhere", "damaged", "half a model", "another format", "foreign"]
)
def test_an_alias_of_what_cannot_serve_here_is_none(tmp_path: Path, damage: str) -> None:
    bundle = kept(tmp_path)
    if damage != "no link":
        point(tmp_path, "champion", "gone" if damage == "nowhere" else "v1")
    if damage == "damaged":
        (bundle.folder / "manifest.json").write_text("{}")
    elif damage == "half a model":
        bundle.model_path("like").write_text("tr")
    elif damage in ("another format", "foreign"):
        change = {"format": 9} if damage == "another format" else {"definitions_hash": "other"}
        content = msgspec.json.encode(structs.replace(bundle.manifest, **change))
        (bundle.folder / "manifest.json").write_bytes(content)
        (bundle.folder / "manifest.sha256").write_text(hashlib.sha256(content).hexdigest())
    assert current(tmp_path) is None


@pytest.mark.parametrize("alias", ["", " ", "a b", "a/b", "..", ".champion", "a-b", "1st", "champion\n"])
def test_what_is_no_alias_is_refused_before_anything_is_opened(tmp_path: Path, alias: str) -> None:
    kept(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InvalidInput, match="is no alias"):
        promote(tmp_path, "v1", alias=alias)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_lies_there_or_can_be_no_alias_is_itself_without_a_registry(tmp_path: Path) -> None:
    kept(tmp_path, "20260101T0000-0badc0de")
    kept(tmp_path, "plain")
    point(tmp_path, "champion", "plain")
    for name in ("20260101T0000-0badc0de", "plain", "champion", "20260101T0000-unknown0", "no such thing"):
        assert bundle_named(tmp_path, name) == name
    assert not (tmp_path / "mlflow.db").exists()


def test_a_bundle_that_is_whole_stays_and_one_of_other_figures_too(tmp_path: Path) -> None:
    first = kept(tmp_path)
    again = keep_bundle(tmp_path, ranker("others"), version="v1", metrics={"a": 1.0}, created_at=9)
    assert again == first
    assert again.model_path("like").read_text() == "trees"


@pytest.mark.parametrize("file", ["manifest.sha256", "heads/like.txt"])
@pytest.mark.parametrize("damage", ["gone", "emptied", "cut off"])
def test_a_bundle_of_which_a_file_is_damaged_is_made_anew(tmp_path: Path, file: str, damage: str) -> None:
    first = kept(tmp_path)
    path = first.folder / file
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(b"" if damage == "emptied" else content[: len(content) // 2])
    assert kept(tmp_path) == first
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        (0, "19700101T0000-"),
        (59_999, "19700101T0000-"),
        (60_000, "19700101T0001-"),
        (START, "20260529T0000-"),
    ],
)
def test_a_version_begins_with_the_minute_of_its_last_data(moment: int, begins: str) -> None:
    version = version_of(ranker(), moment)
    assert version.startswith(begins)
    assert len(version) == len("20260101T0000-0badc0de")


def test_features_and_text_change_a_version_and_the_order_of_heads_does_not() -> None:
    two = {"like": Trees("a", "", (), np.zeros(1)), "hide": Trees("b", "", (), np.zeros(1))}
    one_way, other_way = (
        FittedRanker("heads", dict(order), {}, dict(ACTION_WEIGHTS))
        for order in (two.items(), reversed(two.items()))
    )
    assert version_of(one_way, 0) == version_of(other_way, 0)
    versions = {
        version_of(made, 0) for made in (ranker(), ranker("other"), ranker(features=DISCOVERY.features))
    }
    assert len(versions) == 3


def test_evaluating_says_what_is_wrong_with_the_bundle_before_it_reads_the_lake(tmp_path: Path) -> None:
    kept(tmp_path, "choices", features=DISCOVERY.features)
    with pytest.raises(Conflict, match="other features than impressions"):
        evaluate(tmp_path, as_of=START, version="choices")
    with pytest.raises(NotFound, match="no model bundle"):
        evaluate(tmp_path, as_of=START)


def test_evaluating_refuses_a_model_that_cannot_be_read_before_it_reads_the_lake(tmp_path: Path) -> None:
    kept(tmp_path, text="no trees")
    with pytest.raises(Corrupt, match="no LightGBM model"):
        evaluate(tmp_path, as_of=START, version="v1")


@pytest.fixture(scope="module")
def readable() -> str:
    """The text of a model that scores."""
    made = HeadsRanker(trees=TreesConfig(trees=1), outcomes=("long_dwell",))
    return made(planted(200), planted(100, seed=1)).heads["long_dwell"].text


class ReachedError(Exception):
    """The features of an impression are asked for, so it counts."""


@pytest.mark.parametrize(
    ("at", "days", "counts"),
    [(DAY, 1.0, False), (DAY - 1, 1.0, True), (0, 1.0, True), (-1, 1.0, False), (DAY // 2 - 1, 0.5, False)],
)
def test_a_period_holds_its_start_and_not_its_end(
    tmp_path: Path, readable: str, at: int, days: float, counts: bool
) -> None:
    def reach(*_: object) -> np.ndarray:
        raise ReachedError

    kept(tmp_path, text=readable)
    lake = Lake(tmp_path)
    lake.event("impression", 1, 11, DAY + at)
    lake.write()
    with pytest.raises(ReachedError if counts else NotFound):
        evaluate(tmp_path, as_of=START + 2 * DAY, version="v1", days=days, backfill=reach)
