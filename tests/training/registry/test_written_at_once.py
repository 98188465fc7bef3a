"""Two trainings that come to the same version write it once."""

from pathlib import Path

import pytest

from features import bundle
from tests.training.registry.test_current import kept, ranker
from training import bundling
from training.bundling import bundles_folder


def test_whoever_is_second_gets_the_bundle_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_another(folder: Path, **content: object) -> bundle.Bundle:
        bundle.write_bundle(folder, **content)  # type: ignore[arg-type]
        return bundle.write_bundle(folder, **content)  # type: ignore[arg-type]

    monkeypatch.setattr(bundling, "write_bundle", after_another)
    assert kept(tmp_path) == bundle.read_bundle(bundles_folder(tmp_path) / "v1")
    assert [path.name for path in bundles_folder(tmp_path).iterdir()] == ["v1"]
    assert kept(tmp_path).model_path("like").read_text() == ranker().heads["like"].text
