"""The truth lies in one file beside the stores, comes back whole, and is refused when it is damaged."""

import random
from pathlib import Path

import numpy as np
import pytest

from feed_core.model.errors import Corrupt, NotFound
from pipelines.society.config import SocietyConfig
from pipelines.society.society import Society
from pipelines.society.truth import load_truth, save_truth
from tests.pipelines.society.conftest import Played, play_small

ONE_DAY = SocietyConfig(people=60, days=1, tick_minutes=60)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Played:
    world = play_small(tmp_path_factory.mktemp("truth"), 3, ONE_DAY)
    save_truth(world.home, world.society, world.seen)
    world.core.close()
    return world


def test_what_was_saved_comes_back(saved: Played) -> None:
    society, seen = load_truth(saved.home)
    before = saved.society
    assert (society.seed, society.config.people, society.config.days) == (3, 60, 1)
    assert np.array_equal(society.user_ids, before.user_ids)
    assert np.array_equal(society.catalogue.post_ids, before.catalogue.post_ids)
    assert np.array_equal(society.catalogue.mix, before.catalogue.mix)
    for old, new in zip(before.following.arrays(), society.following.arrays(), strict=True):
        assert np.array_equal(old, new)
    for user_id in before.user_ids[before.user_ids > 0].tolist():
        assert seen.of(user_id) == saved.seen.of(user_id)


def test_the_restored_society_values_posts_as_the_one_that_was_saved(saved: Played) -> None:
    society, _ = load_truth(saved.home)
    posts = saved.society.catalogue.post_ids
    users = np.full(len(posts), saved.society.user_ids[saved.society.user_ids > 0][0])
    now = saved.clock.now()
    assert np.array_equal(society.true_value(users, posts, now), saved.society.true_value(users, posts, now))


def test_saving_again_replaces_the_file_and_leaves_no_draft(saved: Played) -> None:
    save_truth(saved.home, saved.society, saved.seen)
    assert [path.name for path in saved.home.glob("*.npz")] == ["truth.npz"]


def test_a_home_without_a_society_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No society"):
        load_truth(tmp_path)


@pytest.mark.parametrize("keep", [0, 10, 1_000, -100])
def test_a_truncated_file_is_corrupt(saved: Played, tmp_path: Path, keep: int) -> None:
    whole = (saved.home / "truth.npz").read_bytes()
    (tmp_path / "truth.npz").write_bytes(whole[:keep])
    with pytest.raises(Corrupt) as refusal:
        load_truth(tmp_path)
    assert refusal.value.fix


def test_a_truth_of_another_kind_is_corrupt(tmp_path: Path) -> None:
    with (tmp_path / "truth.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(Corrupt, match="is damaged"):
        load_truth(tmp_path)


def test_a_truth_with_a_flipped_bit_is_corrupt(saved: Played, tmp_path: Path) -> None:
    body, draw = (saved.home / "truth.npz").read_bytes(), random.Random(0)
    directory, refused = body.find(b"PK\x01\x02"), 0
    for _ in range(60):
        spoilt, at = bytearray(body), draw.randrange(directory, len(body))
        spoilt[at] ^= 1 << draw.randrange(8)
        (tmp_path / "truth.npz").write_bytes(spoilt)
        try:
            load_truth(tmp_path)  # the bit may be one that says nothing
        except Corrupt:
            refused += 1
    assert refused > 10


def test_a_society_of_another_shape_comes_back_in_its_shape(tmp_path: Path) -> None:
    config = SocietyConfig.small(people=40, days=1)
    world = play_small(tmp_path, 5, config)
    save_truth(tmp_path, world.society, world.seen)
    world.core.close()
    society, _ = load_truth(tmp_path)
    assert society.config == config
    assert isinstance(society, Society)
    assert np.array_equal(society.people.tastes, world.society.people.tastes)


def test_a_detector_can_be_judged_by_what_was_planted(saved: Played) -> None:
    with np.load(saved.home / "truth.npz") as file:
        bursts, rings = saved.society.planted
        assert file["burst_tags"].tolist() == [burst.tag for burst in bursts]
        assert file["burst_windows"].tolist() == [[burst.start, burst.end] for burst in bursts]
        assert file["ring_tags"].tolist() == [ring.tag for ring in rings]
        assert file["ring_user_ids"].shape == (len(rings), saved.society.config.ring_size)
        joined = saved.society.is_newcomer() & (saved.society.user_ids > 0)
        assert set(file["newcomer_user_ids"].tolist()) == set(saved.society.user_ids[joined].tolist())
