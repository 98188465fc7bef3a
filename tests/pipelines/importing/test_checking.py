"""Checks of rows against each other."""

import pandas as pd
import pytest

from pipelines.importing.checking import check
from pipelines.importing.tables import ImportTables
from tests.pipelines.importing.conftest import day, small_world


def reasons(**tables: pd.DataFrame) -> list[tuple[str, int, str]]:
    """File, line and reason of each reject of the small world with some tables replaced."""
    world = ImportTables(**{**vars(small_world()), **tables})
    return [(one.file, one.line, one.reason) for one in check(world.normalised(), {}, {}, 1).rejects]


def test_a_good_world_has_no_rejects() -> None:
    assert reasons() == []


def test_users_need_an_id_and_a_name_and_their_id_once() -> None:
    users = pd.DataFrame(
        {"user_id": ["a", "b", "c", "", "d", "a"], "username": ["ada", "ben", "cam", "x", "", "y"]}
    )
    assert reasons(users=users) == [
        ("users", 4, "user_id is empty"),
        ("users", 5, "username is empty"),
        ("users", 6, "user_id stands in an earlier row"),
    ]


@pytest.mark.parametrize(
    ("follower", "followee", "at", "reason"),
    [
        ("", "b", day(1), "follower is empty"),
        ("a", "a", day(1), "nobody follows themselves"),
        ("a", "zzz", day(1), "followee is an unknown user"),
        ("a", "b", "", "at is empty"),
        ("a", "b", "soon", "at is no RFC 3339 time or milliseconds since 2000"),
    ],
)
def test_follows(follower: str, followee: str, at: str, reason: str) -> None:
    follows = pd.DataFrame({"follower": [follower], "followee": [followee], "at": [at]})
    assert ("follows", 1, reason) in reasons(follows=follows)


def test_posts_need_a_known_author_who_is_there_already() -> None:
    users = small_world().users.assign(created_at=[day(1), day(3), day(1)])
    follows = small_world().follows.head(0)
    told = reasons(users=users, follows=follows)
    assert ("posts", 1, "is earlier than the user that author names") in told
    assert ("engagements", 1, "post is an unknown post") in told


def test_media_types_are_photo_and_video() -> None:
    posts = small_world().posts.assign(media_type=["photo", "hologram"])
    assert ("posts", 2, "media_type is neither photo nor video") in reasons(posts=posts)


@pytest.mark.parametrize("value", [-1, "many", float("inf")])
def test_values_are_numbers_of_zero_or_more(value: object) -> None:
    engagements = small_world().engagements.astype({"value": object})
    engagements.loc[2, "value"] = value
    assert reasons(engagements=engagements) == [("engagements", 3, "value is no number of 0 or more")]


def test_impressions_are_refused() -> None:
    engagements = small_world().engagements.assign(action="impression")
    assert all("action is none of" in reason for _, _, reason in reasons(engagements=engagements))


def test_names_that_were_loaded_before_are_known_with_their_times() -> None:
    world = ImportTables(
        small_world().users.head(0),
        small_world().follows.head(0),
        small_world().posts.head(0),
        small_world().engagements,
    ).normalised()
    times = dict.fromkeys(("a", "b", "c"), 1)
    early = check(world, times, {"p": 1, "q": 1}, 1)
    late = check(world, times, {"p": 2**42, "q": 1}, 1)
    assert early.rejects == []
    assert [one.line for one in late.rejects] == [1, 2, 3]


def test_kept_rows_are_in_order_of_time() -> None:
    shuffled = small_world().engagements.iloc[::-1]
    world = ImportTables(**{**vars(small_world()), "engagements": shuffled})
    times = check(world.normalised(), {}, {}, 1).tables.engagements["at"]
    assert times.is_monotonic_increasing
