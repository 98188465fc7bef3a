"""A source is told from others by the name of its folder, whatever that name is."""

from pathlib import Path

import pytest

from feed_core.model.errors import InvalidInput
from pipelines.importing import load_folder
from tests.pipelines.importing.conftest import Place


def _tables(place: Place, folder: Path) -> set[str]:
    """The table files that there are once ``folder`` is loaded."""
    folder.mkdir()
    (folder / "users.csv").write_text("user_id,username\n1,ada\n")
    load_folder(place.core, folder, clock=place.clock, home=place.home)
    return {path.stem for path in (place.home / "import").glob("*.sqlite")}


@pytest.mark.parametrize("letters", [64, 65, 200])
def test_a_folder_of_a_long_name_is_loaded_under_a_name_of_its_own(
    place: Place, tmp_path: Path, letters: int
) -> None:
    one = _tables(place, tmp_path / ("x" * letters))
    (name,) = one
    assert len(name) == 64
    assert len(_tables(place, tmp_path / ("x" * (letters - 1) + "y"))) == 2


def test_a_name_that_is_given_must_be_plain(place: Place, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("user_id,username\n1,ada\n")
    with pytest.raises(InvalidInput, match="plain name") as told:
        load_folder(place.core, tmp_path, clock=place.clock, home=place.home, source="x" * 65)
    assert "up to 64" in told.value.fix
