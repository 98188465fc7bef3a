"""A run goes on where it stopped, and never empties a folder that is not its own."""

import shutil
from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt, InvalidInput
from pipelines.journal import Journal

ONCE = frozenset({"play"})


def test_a_finished_stage_is_not_done_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert Journal(home, "a", ONCE).run("lake", lambda: 7) == 7
    again = Journal(home, "a", ONCE)
    assert again.done("lake")
    assert again.run("lake", lambda: pytest.fail("done twice")) is None
    assert list(again.seconds) == ["lake"]


@pytest.mark.parametrize(("key", "fresh"), [("b", False), ("a", True)])
def test_another_key_or_fresh_starts_over(tmp_path: Path, key: str, fresh: bool) -> None:
    home = tmp_path / "home"
    journal = Journal(home, "a", ONCE)
    journal.run("lake", (home / "folder").mkdir)
    (home / "folder" / "file").write_text("old")
    again = Journal(home, key, ONCE, fresh=fresh)
    assert not again.done("lake")
    assert not (home / "folder").exists()


@pytest.mark.parametrize(("stage", "kept"), [("play", False), ("lake", True)])
def test_only_an_interrupted_unrepeatable_stage_starts_over(tmp_path: Path, stage: str, kept: bool) -> None:
    home = tmp_path / "home"
    journal = Journal(home, "a", ONCE)
    journal.run("first", lambda: None)

    def fails() -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        journal.run(stage, fails)
    assert Journal(home, "a", ONCE).done("first") is kept


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(InvalidInput, match="holds something else"):
        Journal(tmp_path, "a", ONCE, fresh=True)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("precious")
    with pytest.raises(InvalidInput, match="home is no folder"):
        Journal(tmp_path / "home", "a", ONCE)
    assert (tmp_path / "home").read_text() == "precious"


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("key", ["a", "b"])
def test_an_emptying_that_was_cut_short_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, fresh: bool
) -> None:
    Journal(tmp_path, "a", ONCE).run("lake", lambda: None)
    for number in range(20):
        (tmp_path / f"folder{number}").mkdir()
    remove, gone = shutil.rmtree, list[Path]()

    def dies_at_the_last(folder: Path) -> None:
        gone.append(folder)
        if len(gone) == 20:
            raise KeyboardInterrupt
        remove(folder)

    monkeypatch.setattr(shutil, "rmtree", dies_at_the_last)
    with pytest.raises(KeyboardInterrupt):
        Journal(tmp_path, "b", ONCE, fresh=True)
    monkeypatch.undo()
    assert Journal(tmp_path, key, ONCE, fresh=fresh).seconds == {}
    assert [path.name for path in tmp_path.iterdir()] == ["journal.json"]


def test_emptying_does_not_follow_links_out_of_the_home(tmp_path: Path) -> None:
    outside, home = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    Journal(home, "a", ONCE)
    (home / "link").symlink_to(outside)
    Journal(home, "b", ONCE)
    assert (outside / "kept").exists()
    assert not (home / "link").exists()


def test_a_damaged_journal_says_so(tmp_path: Path) -> None:
    (tmp_path / "journal.json").write_text("{")
    with pytest.raises(Corrupt, match="not a journal"):
        Journal(tmp_path, "a", ONCE)
