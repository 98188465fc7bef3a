"""Loading tables through the services: complete, at its own time, once, and bad rows told."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from feed_core.core import FeedCore
from feed_core.model.clock import SetClock, from_rfc3339
from feed_core.model.errors import InvalidInput
from feed_core.model.ids import time_of
from pipelines.importing.loading import LoadReport, load_tables
from pipelines.importing.rejects import Reject
from pipelines.importing.tables import ImportTables
from tests.pipelines.importing.conftest import Place, day, small_world


def load(place: Place, tables: ImportTables, source: str = "small") -> LoadReport:
    return load_tables(place.core, tables, clock=place.clock, home=place.home, source=source)


def rejects_of(report: LoadReport) -> list[Reject]:
    return [msgspec.json.decode(line, type=Reject) for line in report.reject_file.read_bytes().splitlines()]


def test_everything_goes_in_and_the_report_counts_it(place: Place) -> None:
    report = load(place, small_world())
    assert report.accepted == {"users": 3, "follows": 2, "posts": 2, "engagements": 4}
    assert report.rejected == 0
    assert rejects_of(report) == []
    ada, ben = place.id_of("ada"), place.id_of("ben")
    assert place.core.graph.following([ada])[ada] == [ben]
    assert place.core.accounts.stats_many([ben])[ben].posts == 2


def test_posts_keep_their_fields_and_get_the_hashtags_that_shares_carry(place: Place) -> None:
    load(place, small_world())
    posts = place.core.posts.by_author(place.id_of("ben")).posts
    newest, oldest = posts
    assert set(oldest.hashtags) == {"boats", "gulls", "sea", "dawn"}
    assert (oldest.caption, oldest.place) == ("Harbour #sea", "Brighton")
    assert [media.media_type for media in newest.media] == ["video"]
    assert place.core.posts.counts_many([oldest.post_id])[oldest.post_id].likes == 1


def test_of_all_hashtags_that_rows_carry_a_post_keeps_the_first_30(place: Place) -> None:
    world = small_world()
    tags = [f"T{number}" for number in range(40)]
    rows = [("a", "p", "share", day(3), 0, tag, "") for tag in tags]
    rows += [("c", "q", "like", day(4, "13:00:00Z"), 0, "Dusk|dusk|" + "x" * 101, "")]
    engagements = pd.DataFrame(rows, columns=world.engagements.columns)
    report = load(place, replace(world, engagements=engagements))
    newest, oldest = place.core.posts.by_author(place.id_of("ben")).posts
    assert set(oldest.hashtags) == {"boats", "gulls", "sea", *(tag.lower() for tag in tags[:27])}
    assert newest.hashtags == ()
    assert [(one.line, "hashtag" in one.reason) for one in rejects_of(report)] == [(41, True)]


def test_each_row_happens_at_its_own_time(place: Place) -> None:
    load(place, small_world())
    told = {(event.action, event.occurred_at) for event in place.events()}
    assert told == {
        ("like", from_rfc3339(day(3))),
        ("share", from_rfc3339(day(3))),
        ("dwell", from_rfc3339(day(4))),
        ("comment", from_rfc3339(day(5))),
    }
    assert {event.occurred_at for event in place.events("graph")} == {from_rfc3339(day(1))}
    assert [event.value for event in place.events() if event.action == "dwell"] == [5300.0]
    assert place.clock.now() == from_rfc3339(day(5))


def test_ids_follow_the_order_of_time(place: Place) -> None:
    load(place, small_world())
    newest, oldest = place.core.posts.by_author(place.id_of("ben")).posts
    assert oldest.post_id < newest.post_id
    assert time_of(newest.post_id) >= newest.created_at


def test_a_share_reaches_the_timeline_of_the_sharers_follower(place: Place) -> None:
    load(place, small_world())
    entries = place.core.timelines.page(place.id_of("cam"), 10).entries
    assert [entry.via_id for entry in entries] == [place.id_of("ada")]


def test_a_user_without_a_time_begins_with_the_first_row_that_names_them(place: Place) -> None:
    load(place, small_world())
    ada = place.core.accounts.require(place.id_of("ada"))
    assert ada.created_at == from_rfc3339(day(1))


def test_loading_again_adds_nothing(place: Place) -> None:
    load(place, small_world())
    before = (place.events(), place.events("graph"), place.core.accounts.page())
    again = load(place, small_world())
    assert (place.events(), place.events("graph"), place.core.accounts.page()) == before
    assert set(again.accepted.values()) == {0}
    assert again.skipped == {"users": 3, "follows": 2, "posts": 2, "engagements": 4}


def test_a_follow_that_was_ended_since_is_not_brought_back(place: Place) -> None:
    load(place, small_world())
    ada, ben = place.id_of("ada"), place.id_of("ben")
    place.core.graph.unfollow_many([(ada, ben)])
    load(place, small_world())
    assert place.core.graph.following([ada])[ada] == []


def test_later_rows_may_name_what_was_loaded_before(place: Place) -> None:
    load(place, small_world())
    more = ImportTables(
        users=pd.DataFrame({"user_id": ["d"], "username": ["dan"]}),
        follows=pd.DataFrame({"follower": ["d"], "followee": ["a"], "at": [day(6)]}),
        posts=pd.DataFrame({"post_id": [], "author": [], "created_at": []}),
        engagements=pd.DataFrame({"user": ["d"], "post": ["p"], "action": ["like"], "at": [day(7)]}),
    )
    assert load(place, more).accepted == {"users": 1, "follows": 1, "posts": 0, "engagements": 1}


def test_the_same_external_ids_of_another_source_are_other_people(place: Place) -> None:
    load(place, small_world())
    other = replace(
        small_world(), users=pd.DataFrame({"user_id": ["a", "b", "c"], "username": ["eve", "fay", "gil"]})
    )
    assert load(place, other, source="other").accepted["users"] == 3
    assert len(place.core.accounts.page()) == 6


def test_bad_rows_are_told_by_table_line_and_reason_and_the_rest_goes_in(place: Place) -> None:
    world = small_world()
    bad = replace(
        world,
        users=pd.concat([world.users, pd.DataFrame({"user_id": ["d", "e"], "username": ["NO!", "ada"]})]),
        engagements=pd.concat(
            [
                world.engagements,
                pd.DataFrame(
                    {
                        "user": ["a", "a", "nobody", "a", "d", "a", "a"],
                        "post": ["p", "zzz", "p", "p", "p", "p", "p"],
                        "action": ["like", "like", "like", "clap", "like", "share", "dwell"],
                        "at": [day(1), day(9), day(9), day(9), day(9), day(9), "noon"],
                        "hashtags": ["", "", "", "", "", "x" * 10_000, ""],
                    }
                ),
            ]
        ),
    )
    report = load(place, bad)
    assert report.accepted == {"users": 3, "follows": 2, "posts": 2, "engagements": 4}
    told = {(reject.file, reject.line): reject.reason for reject in rejects_of(report)}
    assert report.rejected == len(told) == 9
    assert "username" in told["users", 4]
    assert "ada" in told["users", 5]
    assert "earlier than the post" in told["engagements", 5]
    assert "unknown post" in told["engagements", 6]
    assert "unknown user" in told["engagements", 7]
    assert "action is none of" in told["engagements", 8]
    assert "user was refused" in told["engagements", 9]
    assert "hashtag" in told["engagements", 10]
    assert "at is no RFC 3339 time" in told["engagements", 11]
    assert max(len(reject.row) for reject in rejects_of(report)) <= 500


def test_a_row_that_was_refused_can_be_corrected_and_loaded(place: Place) -> None:
    world = small_world()
    wrong = replace(world, users=world.users.assign(username=["ada", "BEN", "cam"]))
    first = load(place, wrong)
    assert first.accepted["users"] == 2
    second = load(place, world)
    assert second.accepted == {"users": 1, "follows": 1, "posts": 2, "engagements": 4}
    assert second.rejected == 0


def test_equal_rows_count_once(place: Place) -> None:
    world = small_world()
    twice = replace(world, engagements=pd.concat([world.engagements, world.engagements]))
    report = load(place, twice)
    assert (report.accepted["engagements"], report.skipped["engagements"]) == (4, 4)


def test_a_core_on_another_clock_is_refused(place: Place) -> None:
    with pytest.raises(InvalidInput, match="another clock"):
        load_tables(place.core, small_world(), clock=SetClock(0), home=place.home, source="small")


@pytest.mark.parametrize("source", ["", "..", "a/b", "x" * 65])
def test_a_source_that_is_no_plain_name_is_refused(place: Place, source: str) -> None:
    with pytest.raises(InvalidInput, match="plain name"):
        load(place, small_world(), source)


def test_progress_counts_up_to_all_rows(place: Place) -> None:
    seen: list[tuple[int, int]] = []
    load_tables(
        place.core,
        small_world(),
        clock=place.clock,
        home=place.home,
        source="small",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (11, 11)


class Killed(BaseException):
    """Stands for the process that ends."""


@pytest.mark.parametrize("survived", range(7))
def test_a_load_that_is_killed_between_stores_and_table_file_goes_on_without_repeating(
    place: Place, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table file fails at each batch in turn, after the stores have it."""
    from pipelines.importing.external_ids import Batch, LoadedRows

    add, left = LoadedRows.add, [survived]

    def killed(self: LoadedRows, batch: Batch) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        add(self, batch)

    monkeypatch.setattr(LoadedRows, "add", killed)
    with pytest.raises(Killed):
        load(place, small_world())
    monkeypatch.setattr(LoadedRows, "add", add)
    load(place, small_world())
    assert len(place.core.accounts.page()) == 3
    assert place.core.accounts.stats_many([place.id_of("ben")])[place.id_of("ben")].posts == 2
    assert sorted(event.action for event in place.events()) == ["comment", "dwell", "like", "share"]
    assert len(place.events("graph")) == 2
    assert set(load(place, small_world()).accepted.values()) == {0}


def test_a_damaged_table_file_is_told(place: Place, tmp_path: Path) -> None:
    from feed_core.model.errors import Corrupt

    (place.home / "import").mkdir()
    (place.home / "import" / "small.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Corrupt, match=r"small\.sqlite"):
        load(place, small_world())


def test_a_second_core_on_the_home_goes_on_where_the_first_ended(place: Place, tmp_path: Path) -> None:
    load(place, small_world())
    place.core.close()
    clock = SetClock(place.clock.now())
    core = FeedCore.open(place.home, clock=clock)
    report = load_tables(core, small_world(), clock=clock, home=place.home, source="small")
    core.close()
    assert set(report.accepted.values()) == {0}
