"""How often the champion is looked at, and what stays when it goes."""

import shutil

import pytest

from ranking_service.api.models import models_of
from ranking_service.records import Request
from ranking_service.scoring import champion as module
from ranking_service.scoring.champion import Champion


class Time:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def time(monkeypatch):
    time = Time()
    monkeypatch.setattr(module, "time", time)
    return time


@pytest.fixture
def champion(world, time):
    return Champion(world.home, compile_trees="never")


def version(champion):
    model = champion.model()
    return None if model is None else model.version


def test_a_move_is_seen_after_a_second_and_not_looked_for_before(champion, time, promote):
    promote("v1")
    assert version(champion) == "v1"
    promote("v2")
    time.now += 0.999
    assert version(champion) == "v1"
    time.now += 0.001
    assert version(champion) == "v2"


def test_while_nothing_moves_the_same_model_serves(champion, time, promote):
    promote("v1")
    first = champion.model()
    for _ in range(3):
        time.now += 1
        assert champion.model() is first


def test_a_bundle_that_is_written_anew_in_its_place_is_loaded_anew(champion, time, promote, world):
    promote("v1")
    first = champion.model()
    shutil.rmtree(world.home / "bundles" / "v1")
    promote("v1")
    time.now += 1
    assert champion.model() is not first
    assert version(champion) == "v1"


@pytest.mark.parametrize("what", ["link", "bundle", "all"])
def test_the_last_model_that_worked_serves_on_when_the_champion_goes_and_the_reason_is_told(
    champion, time, promote, world, what
):
    promote("v1")
    assert version(champion) == "v1"
    bundles = world.home / "bundles"
    if what == "link":
        (bundles / "champion").unlink()
    else:
        shutil.rmtree(bundles / "v1" if what == "bundle" else bundles)
    time.now += 1
    assert version(champion) == "v1"
    assert "no model bundle" in champion.problem
    promote("v2")
    time.now += 1
    assert (version(champion), champion.problem) == ("v2", "")


@pytest.mark.parametrize("where", ["nowhere", "v1/manifest.json", "/dev/null", "champion"])
def test_a_champion_that_points_at_no_bundle_is_no_model(champion, promote, world, open_for_you, where):
    promote("v1")
    link = world.home / "bundles" / "champion"
    link.unlink()
    link.symlink_to(where)
    assert champion.model() is None
    assert champion.problem
    assert [(model.version, model.champion) for model in models_of(link.parent)] == [("v1", False)]
    assert open_for_you().rank(Request(user_id=world.ada)).served_by == "chronological"
