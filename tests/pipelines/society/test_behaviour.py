"""People look from the top, never act on what they did not examine, and leave."""

import numpy as np
import pytest

from pipelines.society.arrays import Flags
from pipelines.society.behaviour import STAYING, moments
from tests.pipelines.society.conftest import Played


def stacked(played: Played, name: str) -> Flags:
    parts = [outcome.examined if name == "examined" else outcome.acted[name] for _, outcome in played.shown]
    return np.concatenate(parts)


def test_lower_places_are_never_examined_more(played: Played) -> None:
    shown = np.concatenate([sessions.post_ids > 0 for sessions, _ in played.shown])
    full = shown.all(axis=1)
    share = stacked(played, "examined")[full].mean(axis=0)
    assert (np.diff(share) <= 0).all()
    assert share[5] == pytest.approx(STAYING**5, abs=0.08)


@pytest.mark.parametrize("action", ["like", "comment", "share", "save", "hide", "report", "follow"])
def test_only_examined_posts_are_acted_on(played: Played, action: str) -> None:
    assert not (stacked(played, action) & ~stacked(played, "examined")).any()


def test_dwell_is_positive_exactly_where_examined(played: Played) -> None:
    for _, outcome in played.shown:
        assert ((outcome.dwell > 0) == outcome.examined).all()


def test_moments_follow_the_dwells_and_stay_in_the_tick(played: Played) -> None:
    for _, outcome in played.shown[:20]:
        when = moments(outcome, 1_000, 50_000)
        assert (np.diff(when, axis=1) >= 0).all()
        assert when.min() > 1_000
        assert when.max() <= 50_000


def test_likes_are_common_hides_rare(played: Played) -> None:
    examined = stacked(played, "examined").sum()
    assert 0.02 < stacked(played, "like").sum() / examined < 0.35
    assert stacked(played, "hide").sum() / examined < 0.05
