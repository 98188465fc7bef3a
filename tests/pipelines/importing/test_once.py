"""A batch and its record are in the stores together or not at all; whoever comes next finds them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feed_core.model.users import NewUser
from pipelines.importing.external_ids import Batch, Known, LoadedRows
from pipelines.importing.once import BatchJournal
from tests.pipelines.importing.conftest import Place


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[LoadedRows]:
    rows = LoadedRows(tmp_path / "books.sqlite")
    yield rows
    rows.close()


class _Killed(BaseException):
    """The process is gone."""


class _Dies(LoadedRows):
    """A table file that its process does not live to write to."""

    def add(self, batch: Batch) -> None:
        raise _Killed


def _sign_up(place: Place, name: str, number: int) -> Batch:
    (user,) = place.core.accounts.create_many([NewUser(username=name)])
    return Batch(number, users=((name, user.user_id, 7),))


def _people(place: Place) -> list[str]:
    return [user.username for user in place.core.accounts.page(0, 10)]


def test_a_batch_gets_the_next_number_and_is_remembered(place: Place, loaded: LoadedRows) -> None:
    journal = BatchJournal(place.core, loaded, "books")
    numbers = [journal.run(lambda n, at=at: Batch(n, digests=(at,))).number for at in range(3)]
    assert numbers == [1, 2, 3]
    assert loaded.digests() == {0, 1, 2}


def test_a_batch_that_fails_leaves_nothing_and_its_number_to_the_next(
    place: Place, loaded: LoadedRows
) -> None:
    journal = BatchJournal(place.core, loaded, "books")

    def fails(number: int) -> Batch:
        _sign_up(place, "ada", number)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        journal.run(fails)
    assert _people(place) == []
    assert journal.run(lambda number: _sign_up(place, "ben", number)).number == 1
    assert _people(place) == ["ben"]


def test_what_took_effect_before_a_kill_is_found_and_not_done_again(place: Place, tmp_path: Path) -> None:
    dying = _Dies(tmp_path / "books.sqlite")
    with pytest.raises(_Killed):
        BatchJournal(place.core, dying, "books").run(lambda number: _sign_up(place, "ada", number))
    dying.close()
    loaded = LoadedRows(tmp_path / "books.sqlite")
    journal = BatchJournal(place.core, loaded, "books")
    journal.recover()
    assert loaded.ids("user") == {"ada": Known(place.id_of("ada"), 7)}
    assert journal.run(Batch).number == 2
    journal.recover()
    assert loaded.next_batch() == 3
    loaded.close()


def test_recovering_where_nothing_was_cut_short_changes_nothing(place: Place, loaded: LoadedRows) -> None:
    journal = BatchJournal(place.core, loaded, "books")
    journal.recover()
    journal.run(lambda number: Batch(number, digests=(4,)))
    journal.recover()
    assert (loaded.digests(), loaded.next_batch()) == ({4}, 2)


def test_a_batch_of_another_source_is_not_taken_for_ones_own(place: Place, tmp_path: Path) -> None:
    dying = _Dies(tmp_path / "books.sqlite")
    with pytest.raises(_Killed):
        BatchJournal(place.core, dying, "books").run(lambda number: Batch(number, digests=(9,)))
    dying.close()
    films = LoadedRows(tmp_path / "films.sqlite")
    BatchJournal(place.core, films, "films").recover()
    assert (films.digests(), films.next_batch()) == (set(), 1)
    films.close()
