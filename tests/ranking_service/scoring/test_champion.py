"""The model that serves moves with the champion, and only to one that works."""

import pytest

from ranking_service.scoring.champion import Champion


@pytest.fixture
def champion(world):
    return Champion(world.home, compile_trees="never")


def look(champion):
    champion.look()
    model = champion.model()
    return None if model is None else model.version


def test_without_a_bundle_there_is_no_model_and_a_reason(champion):
    assert look(champion) is None
    assert champion.problem == "No model has been promoted."


def test_the_model_follows_the_champion(champion, promote):
    promote("v1")
    assert look(champion) == "v1"
    promote("v2")
    assert look(champion) == "v2"
    assert champion.problem == ""


def test_a_damaged_bundle_never_replaces_one_that_works(champion, promote):
    promote("v1")
    assert look(champion) == "v1"
    bundle = promote("v2")
    bundle.model_path("hide").write_text("rubbish")
    assert look(champion) == "v1"
    assert "'hide'" in champion.problem
    promote("v3")
    assert look(champion) == "v3"


@pytest.mark.parametrize("damage", ["manifest.json", "manifest.sha256"])
@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_a_damaged_manifest_leaves_no_model_and_a_reason(champion, promote, damage, content):
    bundle = promote("v1")
    (bundle.folder / damage).write_bytes(content)
    assert look(champion) is None
    assert "damaged" in champion.problem


def test_whatever_a_library_raises_over_a_bundle_the_model_that_works_stays(champion, promote, monkeypatch):
    promote("v1")
    assert look(champion) == "v1"
    promote("v2")
    monkeypatch.setattr("lightgbm.Booster", lambda **_: 1 / 0)
    assert look(champion) == "v1"
    assert champion.problem == "division by zero"


def test_trees_are_compiled_before_the_first_answer_when_asked(world, promote, models):
    promote("v1", {"like": models["like"]})
    assert Champion(world.home, compile_trees="now").model().compiled


def test_trees_are_compiled_behind_answers_when_asked(world, promote, models):
    promote("v1", {"like": models["like"]})
    champion = Champion(world.home, compile_trees="background")
    assert champion.model().version == "v1"
    champion.compiling.join()
    assert champion.model().compiled


def test_a_folder_that_cannot_be_written_is_served_by_lightgbm(world, promote, models):
    bundle = promote("v1", {"like": models["like"]})
    (bundle.folder / "compiled").write_text("in the way")
    model = Champion(world.home, compile_trees="now").model()
    assert model.version == "v1"
    assert not model.compiled
