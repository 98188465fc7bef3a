"""A bundle comes back as it was written, or not at all."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from features.bundle import Bundle, read_bundle, write_bundle
from features.calibration import Calibration
from features.definitions import ACTION_WEIGHTS, FEATURE_NAMES, definitions_hash
from feed_core.model.errors import Conflict, Corrupt, InvalidInput, NotFound

LIKE = Calibration(kind="isotonic", x=(0.0, 0.5, 1.0), y=(0.0, 0.1, 0.4))


def made(folder: Path, **more: Any) -> Bundle:
    settings: dict[str, Any] = {
        "version": "v1",
        "models": {"like": "tree\n" * 50, "hide": "hide tree"},
        "calibrations": {"like": LIKE},
        "objective": "heads",
        "metrics": {"ndcg": 0.5},
        "created_at": 1_700_000_000_000,
    }
    return write_bundle(folder / "v1", **(settings | more))


def test_a_bundle_comes_back_as_written(tmp_path: Path) -> None:
    bundle = made(tmp_path)
    manifest = read_bundle(tmp_path / "v1").manifest
    assert manifest == bundle.manifest
    assert bundle.feature_names == FEATURE_NAMES
    assert manifest.definitions_hash == definitions_hash()
    assert manifest.action_weights == ACTION_WEIGHTS
    assert manifest.heads["like"].calibration == LIKE
    assert manifest.heads["hide"].calibration == Calibration()
    assert bundle.model_path("hide").read_text() == "hide tree"
    assert bundle.compiled_path("hide").parent == (tmp_path / "v1" / "compiled").resolve()


def test_a_bundle_is_read_through_the_champion_link(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "champion").symlink_to("v1")
    assert read_bundle(tmp_path / "champion").folder.name == "v1"


def test_no_bundle_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no model bundle"):
        read_bundle(tmp_path / "none")
    with pytest.raises(NotFound, match="no head 'share'"):
        made(tmp_path).model_path("share")


@pytest.mark.parametrize("file", ["heads/like.txt", "heads/hide.txt", "manifest.json", "manifest.sha256"])
@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damage_is_found(tmp_path: Path, file: str, damage: str) -> None:
    path = made(tmp_path).folder / file
    content = bytearray(path.read_bytes())
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    expected = NotFound if (file, damage) == ("manifest.json", "missing") else Corrupt
    with pytest.raises(expected):
        read_bundle(tmp_path / "v1")


def resign(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)
    (folder / "manifest.sha256").write_text(hashlib.sha256(content).hexdigest())


def test_a_bundle_of_another_format_is_refused(tmp_path: Path) -> None:
    folder = made(tmp_path).folder
    content = (folder / "manifest.json").read_bytes()
    resign(folder, content.replace(b'"format": 1', b'"format": 2'))
    with pytest.raises(InvalidInput, match="format 2"):
        read_bundle(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"\0"])
def test_a_checksum_that_is_no_text_is_damage(tmp_path: Path, content: bytes) -> None:
    folder = made(tmp_path).folder
    (folder / "manifest.sha256").write_bytes(content)
    with pytest.raises(Corrupt, match="damaged"):
        read_bundle(folder)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"format": 1}', b'{"format": 1, "version": "\xff"}'])
def test_a_signed_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = made(tmp_path).folder
    resign(folder, content)
    with pytest.raises((Corrupt, InvalidInput)):
        read_bundle(folder)


def test_a_signed_manifest_whose_curve_falls_is_corrupt(tmp_path: Path) -> None:
    folder = made(tmp_path).folder
    manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    manifest["heads"]["like"]["calibration"]["y"] = [0.4, 0.1, 0.0]
    resign(folder, msgspec.json.encode(manifest))
    with pytest.raises(Corrupt, match="do not ascend"):
        read_bundle(folder)


def test_a_version_is_written_once(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(Conflict, match="already"):
        made(tmp_path)


class WrittenMeanwhile(dict[str, Calibration]):
    """Curves; while they are looked up, somebody else writes the bundle."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def get(self, name: str, default: Any = None) -> Any:
        if not (self.folder / "v1").exists():
            made(self.folder, metrics={"ndcg": 0.25})
        return default


def test_of_two_that_write_the_same_version_the_later_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="already"):
        made(tmp_path, calibrations=WrittenMeanwhile(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["v1"]
    assert read_bundle(tmp_path / "v1").manifest.metrics == {"ndcg": 0.25}


@pytest.mark.parametrize("models", [{}, {"yawn": "tree"}])
def test_a_bundle_that_cannot_be_scored_is_not_written(tmp_path: Path, models: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        made(tmp_path, models=models)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        made(tmp_path, created_at=object())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "more",
    [
        {"metrics": {"ndcg": 0.5, "auc": float("nan")}},
        {"metrics": {"auc": float("inf")}},
        {"action_weights": ACTION_WEIGHTS | {"like": float("nan")}},
    ],
    ids=["nan", "inf", "weight"],
)
def test_figures_that_are_not_finite_are_named_and_leave_no_bundle(
    tmp_path: Path, more: dict[str, dict[str, float]]
) -> None:
    with pytest.raises(InvalidInput, match="auc" if "metrics" in more else "like"):
        made(tmp_path, **more)
    assert list(tmp_path.iterdir()) == []


def test_curves() -> None:
    scores = np.array([-1.0, 0.25, 2.0])
    assert LIKE.apply(scores) == pytest.approx([0.0, 0.05, 0.4])
    platt = Calibration(kind="platt", slope=2.0, intercept=-1.0)
    assert platt.apply(np.array([0.5])) == pytest.approx([0.5])
    assert Calibration().apply(scores) is scores


@pytest.mark.parametrize(("x", "y"), [((), ()), ((0.0, 1.0), (0.0,)), ((1.0, 0.0), (0.0, 1.0))])
def test_a_broken_curve_is_refused(x: tuple[float, ...], y: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput):
        Calibration(kind="isotonic", x=x, y=y)


@pytest.mark.parametrize(
    "curve",
    [
        {"kind": "isotonic", "x": (0.0, 1.0), "y": (1.0, 0.0)},
        {"kind": "isotonic", "x": (0.0, float("nan"), 1.0), "y": (0.0, 0.5, 1.0)},
        {"kind": "isotonic", "x": (0.0, 1.0), "y": (0.0, float("nan"))},
        {"kind": "platt", "slope": -1.0},
        {"kind": "platt", "slope": 0.0},
        {"kind": "platt", "slope": float("inf")},
        {"intercept": float("nan")},
    ],
    ids=str,
)
def test_a_curve_that_falls_or_is_not_finite_is_refused(curve: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Calibration(**curve)  # type: ignore[arg-type]
