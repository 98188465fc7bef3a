"""Whatever is done, cut short and opened again, the journal tells what a plain list would."""

import json
import random
from pathlib import Path

import pytest

from feed_core.model.errors import Corrupt
from pipelines.journal import Journal

STAGES, ONCE = ("play", "lake", "train"), frozenset({"play"})


class _CutError(Exception):
    """The stage was interrupted."""


def _fails() -> None:
    raise _CutError


class _Plain:
    """The stages done under a key, and the one that was interrupted."""

    def __init__(self) -> None:
        self.key, self.done, self.running = "", list[str](), ""

    def open(self, key: str, fresh: bool) -> None:
        if fresh or key != self.key or self.running in ONCE:
            self.key, self.done, self.running = key, [], ""

    def run(self, stage: str, ok: bool) -> bool:
        """Whether it is begun."""
        if stage in self.done:
            return False
        self.running = "" if ok else stage
        self.done += [stage] * ok
        return True


@pytest.mark.parametrize("seed", range(12))
def test_any_run_of_stages_kills_and_keys_is_remembered(tmp_path: Path, seed: int) -> None:
    draw, plain, home = random.Random(seed), _Plain(), tmp_path / "home"
    for _ in range(12):
        key, fresh = draw.choice("aab"), draw.random() < 0.15
        plain.open(key, fresh)
        journal = Journal(home, key, ONCE, fresh=fresh)
        assert list(journal.seconds) == plain.done
        for _ in range(draw.randrange(4)):
            stage, ok = draw.choice(STAGES), draw.random() < 0.7
            begun = list[str]()

            def work(stage: str = stage, ok: bool = ok, begun: list[str] = begun) -> str:
                begun.append(stage)
                return stage if ok else str(_fails())

            try:
                assert journal.run(stage, work) == (stage if begun else None)
            except _CutError:
                assert not ok
            assert bool(begun) == plain.run(stage, ok)
        assert [stage for stage in STAGES if journal.done(stage)] == sorted(plain.done, key=STAGES.index)


def test_a_stage_that_was_cut_short_is_done_from_its_beginning(tmp_path: Path) -> None:
    home, tries = tmp_path / "home", list[int]()
    journal = Journal(home, "a", ONCE)
    with pytest.raises(_CutError):
        journal.run("lake", _fails)
    assert not journal.done("lake")
    Journal(home, "a", ONCE).run("lake", lambda: tries.append(1))
    Journal(home, "a", ONCE).run("lake", lambda: tries.append(2))
    assert tries == [1]


def test_what_a_stage_did_before_its_own_mark_does_not_mark_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "home", "a", ONCE)
    journal.run("lake", lambda: None)
    assert not Journal(tmp_path / "home", "a", ONCE).done("train")


def test_an_empty_folder_may_become_a_home(tmp_path: Path) -> None:
    Journal(tmp_path, "a", ONCE)
    assert [path.name for path in tmp_path.iterdir()] == ["journal.json"]


def test_opening_again_under_the_key_keeps_what_lies_there(tmp_path: Path) -> None:
    Journal(tmp_path, "a", ONCE)
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "rows").write_text("rows")
    Journal(tmp_path, "a", ONCE)
    assert (tmp_path / "lake" / "rows").read_text() == "rows"


def test_a_draft_of_a_killed_write_is_neither_read_nor_in_the_way(tmp_path: Path) -> None:
    Journal(tmp_path, "a", ONCE).run("lake", lambda: None)
    (tmp_path / "journal.draft").write_text('{"key": "a", "seco')
    again = Journal(tmp_path, "a", ONCE)
    assert again.done("lake")
    assert not (tmp_path / "journal.draft").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"key": 7}', '{"key": "a", "seconds": {"lake": "long"}}', '{"key": "a"} more']
)
def test_a_journal_that_says_something_else_keeps_the_folder_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "journal.json").write_text(text)
    (tmp_path / "rows").write_text("rows")
    with pytest.raises(Corrupt, match="is not a journal") as told:
        Journal(tmp_path, "a", ONCE, fresh=True)
    assert str(tmp_path) in told.value.fix
    assert (tmp_path / "rows").exists()
    assert (tmp_path / "journal.json").read_text() == text


def test_seconds_are_kept_in_the_order_in_which_stages_were_done(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "a", ONCE)
    for stage in ("train", "lake", "play"):
        journal.run(stage, lambda: None)
    assert list(Journal(tmp_path, "a", ONCE).seconds) == ["train", "lake", "play"]
    assert list(json.loads((tmp_path / "journal.json").read_text())["seconds"]) == ["train", "lake", "play"]
