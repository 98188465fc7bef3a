"""A play: real events through the services, the same for the same seed, and no truth left behind."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from feed_core.model.clock import DAY, HOUR
from feed_core.model.events import Event
from pipelines.society.config import SocietyConfig
from pipelines.society.play import play
from tests.pipelines.society.conftest import Played, World

pytestmark = pytest.mark.slow(25)

TINY = SocietyConfig.small(people=60, days=1)
Replay = Callable[[Path, int, SocietyConfig], Played]


def _events(played: Played, topic: str = "engagement") -> list[Event]:
    log = played.core.stores.events
    records = log.read(topic, (0,), 1_000_000)  # type: ignore[arg-type]
    return [msgspec.msgpack.decode(record.body, type=Event) for record in records]


def _fingerprint(played: Played) -> str:
    digest = hashlib.sha256()
    for topic in ("engagement", "graph", "posts", "decisions"):
        for record in played.core.stores.events.read(topic, (0,), 1_000_000):  # type: ignore[arg-type]
            digest.update(record.body)
    played.core.close()
    return digest.hexdigest()


def test_the_same_seed_leaves_the_same_log_byte_for_byte(tmp_path: Path, replay: Replay) -> None:
    first, again, other = (
        _fingerprint(replay(tmp_path / name, seed, TINY)) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first == again
    assert first != other


def test_a_play_in_two_parts_tells_the_same_story(tmp_path: Path, replay: Replay) -> None:
    config = SocietyConfig.small(people=60, days=1)
    whole = replay(tmp_path / "whole", 3, msgspec.structs.replace(config, days=2))
    parts = replay(tmp_path / "parts", 3, config)
    play(parts.core, parts.clock, parts.society, first_day=1, days=1, seen=parts.seen)
    kinds = [Counter(event.action for event in _events(world)) for world in (whole, parts)]
    posts = [world.society.catalogue.quality for world in (whole, parts)]
    for world in (whole, parts):
        world.core.close()
    assert np.allclose(*posts)
    assert abs(kinds[0]["impression"] - kinds[1]["impression"]) <= 0.05 * kinds[0]["impression"]


def test_the_report_counts_what_is_in_the_log(played: Played) -> None:
    report, events = played.report, _events(played)
    kinds = Counter(event.action for event in events)
    assert report.impressions == kinds["impression"]
    assert report.people == (played.society.user_ids > 0).sum()
    assert report.sessions == sum(len(sessions.persons) for sessions, _, _ in played.watched)
    done = sum(int(flags.sum()) for _, outcome, _ in played.watched for flags in outcome.acted.values())
    dwells = sum(int(outcome.examined.sum()) for _, outcome, _ in played.watched)
    assert report.actions == done + dwells


def test_every_kind_of_action_happens_and_likes_are_neither_rare_nor_common(played: Played) -> None:
    kinds = Counter(event.action for event in _events(played))
    assert {"impression", "dwell", "like", "comment", "share", "save", "hide"} <= set(kinds)
    assert 0.02 < kinds["like"] / kinds["impression"] < 0.25
    assert kinds["hide"] < kinds["like"]
    assert kinds["dwell"] <= kinds["impression"]


def test_nothing_happens_in_the_future_or_out_of_its_list(played: Played) -> None:
    decided = {}
    for event in _events(played):
        assert event.occurred_at <= played.clock.now()
        if event.action == "impression":
            decided[event.decision_id, event.post_id] = (event.position, event.occurred_at)
        else:
            position, moment = decided[event.decision_id, event.post_id]
            assert event.position == position
            assert moment <= event.occurred_at < moment + HOUR


def test_no_post_is_shown_to_the_same_reader_twice_nor_to_its_author(played: Played) -> None:
    shown = Counter(
        (event.user_id, event.post_id) for event in _events(played) if event.action == "impression"
    )
    assert max(shown.values()) == 1
    assert all(event.user_id != event.author_id for event in _events(played))


def test_days_have_a_rhythm(played: Played) -> None:
    hours = Counter((event.occurred_at % DAY) // HOUR for event in _events(played))
    assert max(hours.values()) > 2 * min(hours[hour] for hour in range(24))


def test_hooks_run_on_the_hour_before_anyone_reads(moved_in: World) -> None:
    hours, watched = list[int](), list[int]()
    play(
        moved_in.core, moved_in.clock, moved_in.society, days=2, every_hour=hours.append,
        watch=lambda _sessions, _outcome, now: watched.append(now),
    )  # fmt: skip
    start = moved_in.society.config.start_ms
    assert hours == [start + hour * HOUR for hour in range(48)]
    assert watched
    assert all(now % HOUR for now in watched)


def test_progress_ends_at_its_total(moved_in: World) -> None:
    steps = list[tuple[int, int]]()
    play(
        moved_in.core,
        moved_in.clock,
        moved_in.society,
        days=1,
        progress=lambda done, total: steps.append((done, total)),
    )
    ticks = moved_in.society.config.ticks_per_day
    assert steps == [(done, ticks) for done in range(1, ticks + 1)]


def test_likes_of_the_play_are_the_counts_of_the_posts(played: Played) -> None:
    likes = Counter[int]()
    for sessions, outcome in played.shown:
        likes.update(sessions.post_ids[outcome.acted["like"]].tolist())
    counts = played.core.posts.counts_many(list(likes))
    assert {post_id: counts[post_id].likes for post_id in likes} == dict(likes)


@pytest.mark.parametrize("name", ["match", "quality", "taste", "affinity", "mix", "truth"])
def test_no_table_or_column_of_the_core_can_hold_the_truth(played: Played, name: str) -> None:
    for file in played.home.glob("*.sqlite"):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            schema = " ".join(row[0] or "" for row in db.execute("SELECT sql FROM sqlite_master"))
        for word in schema.lower().replace("(", " ").replace(",", " ").split():
            assert name not in word, f"{file.name} has {word}"


def test_the_log_carries_no_feature_and_no_score_of_the_simulation(played: Played) -> None:
    from feed_core.model.events import Decision

    for record in played.core.stores.events.read("decisions", (0,), 100_000):
        decision = msgspec.msgpack.decode(record.body, type=Decision)
        assert decision.features == b""
        assert decision.scores == ()
        assert decision.model_version == ""
    values = {event.value for event in _events(played) if event.action != "dwell"}
    assert values == {0.0}
