"""A bundle is a folder: it may be copied, moved and added to, and is refused when a byte of it is another."""

import hashlib
import shutil
from pathlib import Path

import msgspec
import pytest

from features.bundle import RANK_HEAD, Bundle, read_bundle, write_bundle
from features.calibration import Calibration
from features.definitions import ACTION_WEIGHTS, DISCOVERY, FEATURE_NAMES, Names, definitions_hash
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound


def write(folder: Path, **more: object) -> Bundle:
    settings: dict[str, object] = {
        "version": "v1", "models": {"like": "tree ü\n" * 20, "hide": ""}, "calibrations": {},
        "objective": "heads", "metrics": {}, "created_at": 5,
    }  # fmt: skip
    return write_bundle(folder, **(settings | more))  # type: ignore[arg-type]


def manifest_of(folder: Path) -> dict[str, object]:
    return msgspec.json.decode((folder / "manifest.json").read_bytes())  # type: ignore[no-any-return]


def signed(folder: Path, manifest: dict[str, object]) -> None:
    content = msgspec.json.encode(manifest)
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.sha256").write_text(hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("move", [shutil.copytree, shutil.move], ids=["copied", "moved"])
def test_a_bundle_is_the_same_elsewhere(tmp_path: Path, move) -> None:  # type: ignore[no-untyped-def]
    first = write(tmp_path / "a" / "v1")
    move(str(first.folder), str(tmp_path / "b"))
    again = read_bundle(tmp_path / "b")
    assert again.manifest == first.manifest
    assert again.model_path("like").read_text() == "tree ü\n" * 20
    assert again.folder == (tmp_path / "b").resolve()


def test_what_others_lay_beside_its_files_is_no_damage(tmp_path: Path) -> None:
    bundle = write(tmp_path / "v1")
    (bundle.folder / "training_report.json").write_text("{}")
    bundle.compiled_path("like").parent.mkdir()
    bundle.compiled_path("like").write_bytes(b"code")
    assert read_bundle(bundle.folder) == bundle


def test_trees_compiled_for_another_model_are_never_taken_for_its_own(tmp_path: Path) -> None:
    one, other = write(tmp_path / "v1"), write(tmp_path / "v2", models={"like": "other", "hide": ""})
    assert one.compiled_path("like").name != other.compiled_path("like").name
    assert one.compiled_path("hide").name == other.compiled_path("hide").name
    assert one.compiled_path("like").name != one.compiled_path("hide").name


@pytest.mark.parametrize("kind", ["a file", "a folder without a manifest", "a broken link"])
def test_what_is_no_bundle_is_not_found(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "v1"
    if kind == "a file":
        place.write_text("{}")
    elif kind == "a broken link":
        place.symlink_to("nowhere")
    else:
        (place / "manifest.json").mkdir(parents=True)
    with pytest.raises(NotFound, match="loupe train"):
        read_bundle(place)


@pytest.mark.parametrize("absent", ["version", "features", "definitions_hash", "heads", "action_weights"])
def test_a_manifest_that_lacks_a_part_names_it(tmp_path: Path, absent: str) -> None:
    folder = write(tmp_path / "v1").folder
    signed(folder, {name: part for name, part in manifest_of(folder).items() if name != absent})
    with pytest.raises(Corrupt, match=absent):
        read_bundle(folder)


@pytest.mark.parametrize("found", [0, 2, "1", None])
def test_another_format_is_told_before_anything_else_is_looked_at(tmp_path: Path, found: object) -> None:
    folder = write(tmp_path / "v1").folder
    signed(folder, {"format": found})
    with pytest.raises(InvalidInput, match=f"has format {found}, not 1"):
        read_bundle(folder)


def test_parts_that_a_later_version_adds_are_passed_over(tmp_path: Path) -> None:
    bundle = write(tmp_path / "v1")
    signed(bundle.folder, manifest_of(bundle.folder) | {"trained_by": "somebody"})
    assert read_bundle(bundle.folder).manifest == bundle.manifest


@pytest.mark.parametrize("names", [FEATURE_NAMES, DISCOVERY.features, ("post_age",)], ids=len)
def test_a_bundle_is_current_while_its_features_mean_the_same(tmp_path: Path, names: Names) -> None:
    bundle = write(tmp_path / "v1", feature_names=names)
    assert bundle.is_current
    assert bundle.feature_names == names
    assert bundle.manifest.definitions_hash == definitions_hash(names)
    whole = manifest_of(bundle.folder)
    for change in (
        {"definitions_hash": "0" * 16},
        {"features": [*whole["features"], {"name": "no_such_feature"}]},  # type: ignore[misc]
        {"features": whole["features"][:-1]},  # type: ignore[index]
    ):
        signed(bundle.folder, whole | change)
        assert not read_bundle(bundle.folder).is_current


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"models": {}}, "at least one model"),
        ({"models": {"like": "", "yawn": "", "clap": ""}}, "action weight: clap, yawn"),
        ({"models": {RANK_HEAD: ""}}, "action weight: rank"),
        ({"objective": "lambdarank"}, "action weight: hide, like"),
        ({"action_weights": {"like": 1.0}}, "action weight: hide"),
        ({"feature_names": ("post_age", "no_such_feature")}, "not defined: no_such_feature"),
    ],
)
def test_a_bundle_that_could_not_be_served_is_not_begun(
    tmp_path: Path, more: dict[str, object], word: str
) -> None:
    with pytest.raises(InvalidInput, match=word):
        write(tmp_path / "v1", **more)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["a bundle", "an empty folder", "a file"])
def test_nothing_that_is_there_is_written_over(tmp_path: Path, there: str) -> None:
    place = tmp_path / "v1"
    if there == "a bundle":
        write(place)
    elif there == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Conflict, match="Choose another version"):
        write(place, models={"like": "other"})
    assert sorted(tmp_path.rglob("*")) == before


def test_weights_curves_and_figures_come_back_to_the_last_bit(tmp_path: Path) -> None:
    curve = Calibration(kind="isotonic", x=(-1e-300, 0.1, 1 / 3), y=(0.0, 5e-324, 1 - 2**-53))
    figures = {"a": 1 / 3, "ü": -0.0, "large": 1.7976931348623157e308, "whole": 2}
    weights = ACTION_WEIGHTS | {"like": 0.1 + 0.2}
    write(tmp_path / "v1", calibrations={"like": curve}, metrics=figures, action_weights=weights)
    manifest = read_bundle(tmp_path / "v1").manifest
    assert manifest.heads["like"].calibration == curve
    assert manifest.metrics == figures
    assert manifest.action_weights == weights
