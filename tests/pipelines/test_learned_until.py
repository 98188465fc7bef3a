"""What a bundle has learned is told by its report; a damaged one says what to do."""

from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt
from pipelines.choices import learned_until
from training.bundling import bundles_folder
from training.report import REPORT_FILE


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Where the report of the bundle ``v1`` would be."""
    folder = bundles_folder(tmp_path) / "v1"
    folder.mkdir(parents=True)
    return folder / REPORT_FILE


def test_it_is_the_end_of_the_data_or_nothing(tmp_path: Path, report: Path) -> None:
    assert learned_until(tmp_path, "v1") == 0
    report.write_text('{"version": "v1", "as_of": 1770000000000}')
    assert learned_until(tmp_path, "v1") == 1_770_000_000_000


@pytest.mark.parametrize("content", [b"", b"{}", b'{"as_of": "soon"}', b'{"as_of": 1', b"\xff"])
def test_a_damaged_report_is_named(tmp_path: Path, report: Path, content: bytes) -> None:
    report.write_bytes(content)
    with pytest.raises(Corrupt, match="v1") as told:
        learned_until(tmp_path, "v1")
    assert "loupe train" in (told.value.fix or "")
