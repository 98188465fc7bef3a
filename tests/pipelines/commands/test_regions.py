"""``loupe regions settle`` brings two homes together that both took writes."""

import shutil
from pathlib import Path

import pytest

from feed_core.core import FeedCore
from feed_core.model.events import NewEvent
from feed_core.model.posts import NewPost
from feed_core.model.settings import UserSettings
from feed_core.model.users import NewUser
from tests.pipelines.commands.conftest import Loupe, failed


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path, int]:
    """Two copies of a home; in each another person likes the one post, whose id comes with them."""
    eu, us = tmp_path / "eu", tmp_path / "us"
    core = FeedCore.open(eu)
    ann, ben, cam = (u.user_id for u in core.accounts.create_many([NewUser(username=n) for n in "abc"]))
    post_id = core.posts.publish_many([NewPost(author_id=ann)])[0].post_id
    core.close()
    shutil.copytree(eu, us)
    for home, who in ((eu, ben), (us, cam)):
        core = FeedCore.open(home)
        core.engagement.record_many([NewEvent(user_id=who, post_id=post_id, action="like")])
        core.settings.edit(who, {"language": "de"})
        core.close()
    return eu, us, post_id


def test_both_regions_know_the_sum_however_often_it_runs(loupe: Loupe, homes: tuple[Path, Path, int]) -> None:
    eu, us, post_id = homes
    for arguments in ((us, "--home", eu, "--names", "eu,us"), (eu, "--home", us, "--names", "us,eu")):
        done = loupe("regions", "settle", *arguments)
        assert done.code == 0
        assert "3 people and 1 posts" in done.out
        for home, region in ((eu, "eu"), (us, "us")):
            core = FeedCore.open(home, region=region)
            assert core.posts.counts_many([post_id])[post_id].likes == 2
            assert len(core.stores.settings.get_many([u.user_id for u in core.accounts.page(0, 9)])) == 2
            core.close()


def test_settings_that_both_edited_before_they_had_names_are_settled(
    loupe: Loupe, homes: tuple[Path, Path, int]
) -> None:
    ann, shown = 0, list[UserSettings]()
    for home, language in zip(homes[:2], ("fr", "es"), strict=True):
        core = FeedCore.open(home)
        ann = core.stores.accounts.ids_of(["a"])["a"]
        core.settings.edit(ann, {"language": language, "muted_words": [language]})
        core.close()
    assert loupe("regions", "settle", homes[1], "--home", homes[0], "--names", "eu,us").code == 0
    for home in homes[:2]:
        core = FeedCore.open(home)
        shown.append(core.settings.get(ann))
        core.close()
    assert shown == [UserSettings(language="es", muted_words=("es", "fr"))] * 2


@pytest.mark.parametrize("names", ["", "eu", "eu,eu", ",us", "eu,US", "eu,u s"])
def test_names_that_are_no_two_regions_are_refused(
    loupe: Loupe, homes: tuple[Path, Path, int], names: str
) -> None:
    eu, us, _ = homes
    failed(loupe("regions", "settle", us, "--home", eu, "--names", names), "invalid")


def test_a_home_that_is_not_there_is_refused(loupe: Loupe, homes: tuple[Path, Path, int]) -> None:
    ran = loupe("regions", "settle", homes[0].parent / "ap", "--home", homes[0], "--names", "eu,ap")
    failed(ran, "not found")
