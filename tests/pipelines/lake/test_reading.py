"""Readers see whole, committed files, the newest posts, and clear errors."""

from pathlib import Path

import pytest

from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.model.clock import DAY, HOUR
from feed_core.model.errors import Corrupt, InvalidInput
from pipelines.lake import lake_days, read_events, read_posts, table_files, update_lake
from pipelines.lake.layout import part_path
from tests.pipelines.lake.conftest import START, append, event, events_over, post


def test_the_newest_version_of_a_post_wins(log: SqliteEventLog, home: Path) -> None:
    append(log, "posts", [post(1, caption="a"), post(2, caption="x"), post(1, START + 9, caption="b")])
    update_lake(log, home)
    append(log, "posts", [post(1, START + 9, caption="c"), post(2, START + 3, deleted=True)])
    update_lake(log, home)
    rows = read_posts(home).to_pylist()
    assert [(row["post_id"], row["caption"], row["deleted"]) for row in rows] == [
        (1, "c", False),
        (2, "x" if rows[1]["caption"] else "", True),
    ]
    assert rows[0]["hashtags"] == ["sea"]


def test_media_are_summed_up(log: SqliteEventLog, home: Path) -> None:
    media = ({"url": "a.mp4", "media_type": "video"}, {"url": "b.jpg"})
    append(log, "posts", [post(1, media=media), post(2)])
    update_lake(log, home)
    assert [(row["media_type"], row["media_count"]) for row in read_posts(home).to_pylist()] == [
        ("video", 2),
        ("", 0),
    ]


def test_events_are_chosen_by_time_action_and_column(log: SqliteEventLog, home: Path) -> None:
    events = events_over(days=3, per_day=24)
    append(log, "engagement", [*events, event(999, START + DAY, action="hide")])
    update_lake(log, home)
    chosen = read_events(
        home, columns=["event_id"], start=START + DAY, end=START + DAY + 2 * HOUR, actions=["like"]
    )
    assert chosen.column_names == ["event_id"]
    assert sorted(chosen["event_id"].to_pylist()) == [25, 26]
    assert len(table_files(home, "events", start=START + DAY, end=START + 2 * DAY)) == 1


def test_a_batch_in_flight_is_not_seen(log: SqliteEventLog, home: Path) -> None:
    append(log, "engagement", events_over(days=1, per_day=3))
    update_lake(log, home)
    (file,) = table_files(home, "events")
    in_flight = part_path(home / "lake", "events", "2026-01-01", "engagement", (3, 7))
    in_flight.write_bytes(Path(file).read_bytes())
    assert read_events(home).num_rows == 3
    append(log, "engagement", [event(50)])
    update_lake(log, home)
    assert not in_flight.exists()
    assert read_events(home).num_rows == 4


@pytest.mark.parametrize("keep", [0, 3, 100, -5])
def test_a_cut_off_file_is_named_with_what_to_do(log: SqliteEventLog, home: Path, keep: int) -> None:
    append(log, "engagement", events_over(days=2, per_day=50))
    update_lake(log, home)
    file = Path(table_files(home, "events")[0])
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(Corrupt, match=r"part-engagement.* is damaged or cut off.*loupe lake --rebuild"):
        read_events(home)
    append(log, "engagement", [event(20)])
    with pytest.raises(Corrupt, match="damaged or cut off"):
        update_lake(log, home)


def test_damaged_offsets_are_named(log: SqliteEventLog, home: Path) -> None:
    update_lake(log, home)
    (home / "lake" / "offsets.json").write_text('{"engagement": ')
    with pytest.raises(Corrupt, match=r"offsets\.json is damaged"):
        update_lake(log, home)


def test_an_unknown_table_is_refused(home: Path) -> None:
    with pytest.raises(InvalidInput, match="no table 'likes'"):
        lake_days(home, "likes")
