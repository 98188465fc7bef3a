"""The reject file can be written and read whatever the file with the rows is called."""

import os
from pathlib import Path

import msgspec

from pipelines.importing.loading import load_folder
from pipelines.importing.rejects import Reject
from tests.pipelines.importing.conftest import Place


def test_rejects_of_a_file_whose_name_is_no_utf_8_are_written(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/users-\xff.csv")).write_text("user_id,username\n1,\n")
    report = load_folder(place.core, folder, clock=place.clock, home=place.home)
    (reject,) = [msgspec.json.decode(line, type=Reject) for line in report.reject_file.open("rb")]
    assert (reject.file, reject.line, report.rejected) == ("users-\\udcff.csv", 2, 1)
