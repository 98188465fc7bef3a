"""What endpoints read and write: knobs, metrics of bundles, reports of jobs."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.bundle import write_bundle
from feed_core.model.errors import Corrupt, InvalidInput, NotFound
from ranking_service.api.feed import knobs_of
from ranking_service.api.models import models_of, read_report
from ranking_service.api.rank import body_from
from ranking_service.api.trends import FILE, TrendingTag, TrendsOut, trends_of
from ranking_service.candidates import MOST

names = st.text(st.characters(codec="utf-8", exclude_characters=":"), max_size=9)


@settings(max_examples=30)
@given(st.dictionaries(names, st.floats(allow_nan=False)))
def test_knobs_come_back_as_they_were_written(knobs):
    assert knobs_of([f"{action}:{factor!r}" for action, factor in knobs.items()]) == knobs


@pytest.mark.parametrize(
    "text", ["", "like", "like:", ":", "like:x", "like:1:2", "like:1,2", "like: ", "like:0x2"]
)
def test_what_is_no_knob_is_shown_with_an_example(text):
    with pytest.raises(InvalidInput, match="malformed") as caught:
        knobs_of([text])
    assert "knob=comment:2" in caught.value.fix


def test_a_long_knob_is_not_repeated_whole():
    for texts in (["x" * 10_000], ["x" * 10_000 + ":1"] * 2):
        with pytest.raises(InvalidInput) as caught:
            knobs_of(texts)
        assert len(str(caught.value)) < 200


def test_a_measure_belongs_to_the_longest_head_that_its_name_begins_with(tmp_path):
    told = {
        "like_auc": 1,
        "like_base": 2,
        "like": 3,
        "liked_auc": 4,
        "share_auc": 5,
        "ndcg_at_10": 6,
        "_auc": 7,
    }
    write_bundle(
        tmp_path / "v1", version="v1", models={"like": "x", "comment": "x"}, calibrations={},
        objective="heads", metrics=told, created_at=0,
    )  # fmt: skip
    (model,) = models_of(tmp_path)
    assert model.metrics.heads == {"like": {"auc": 1, "base_rate": 2}}
    assert model.metrics.overall == {"like": 3, "liked_auc": 4, "share_auc": 5, "ndcg_at_10": 6, "_auc": 7}
    assert model.created_at == "1970-01-01T00:00:00.000Z"


def test_bundles_are_newest_first_and_what_is_none_is_not_listed(tmp_path):
    for version, made in (("b", 5), ("a", 5), ("c", 9), (".draft-1", 10)):
        write_bundle(
            tmp_path / version, version=version, models={"like": "x"}, calibrations={}, objective="heads",
            metrics={}, created_at=made,
        )  # fmt: skip
    (tmp_path / "champion").symlink_to("b")
    (tmp_path / "notes.txt").write_text("no bundle")
    (tmp_path / "a" / "heads" / "like.txt").unlink()
    found = models_of(tmp_path)
    assert [(model.version, model.champion) for model in found] == [("c", False), ("b", True), ("a", False)]
    assert "damaged or missing" in found[-1].problem
    assert models_of(tmp_path / "nowhere") == []


@pytest.mark.parametrize("file", ["manifest.json", "manifest.sha256", "heads/like.txt"])
def test_a_bundle_that_is_no_text_is_listed_with_its_problem(tmp_path, file):
    bundle = write_bundle(
        tmp_path / "v1", version="v1", models={"like": "x"}, calibrations={}, objective="heads", metrics={},
        created_at=1,
    )  # fmt: skip
    (bundle.folder / file).write_bytes(b"\xff\xfe")
    (model,) = models_of(tmp_path)
    assert "damaged" in model.problem


def test_trends_come_back_as_they_were_written(tmp_path):
    tag = TrendingTag(tag="#grüße 🌞", score=0.5, users=3, series=((-1, 0.0), (1 << 60, 2.5)))
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(msgspec.json.encode(TrendsOut(window_ms=9, tags=(tag,))))
    assert trends_of(tmp_path) == TrendsOut(window_ms=9, tags=(tag,))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"window_ms": 1',
        b'{"window_ms": 1}',
        b"\x00",
        b'{"tags": 1}',
        b'{"tags": [{"tag": "\xff"}]}',
    ],
)
def test_trends_that_are_damaged_say_what_to_run(tmp_path, content):
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(Corrupt, match="cannot be read") as caught:
        trends_of(tmp_path)
    assert caught.value.fix == "Run: loupe spark trends."


def test_a_report_is_sent_byte_for_byte_or_its_fault_is_told(tmp_path):
    with pytest.raises(NotFound, match="no report"):
        read_report(tmp_path)
    (tmp_path / "report.json").write_bytes(b' {"a":\n 1.50}')
    assert read_report(tmp_path).body == b' {"a":\n 1.50}'
    for damaged in (b"", b'{"a"', b"\x1f\x8b", b'{"a": "\xff"}'):
        (tmp_path / "report.json").write_bytes(damaged)
        with pytest.raises(Corrupt, match="cannot be read"):
            read_report(tmp_path)


@settings(max_examples=30)
@given(st.integers(1, (1 << 63) - 1), st.lists(st.integers(1, (1 << 63) - 1), min_size=1, max_size=5))
def test_ids_in_a_body_may_be_strings_or_numbers(user_id, ids):
    body = body_from(msgspec.json.encode({"user_id": str(user_id), "post_ids": [ids[0], *map(str, ids[1:])]}))
    assert (body.user_id, body.post_ids, body.why, body.knobs) == (user_id, ids, False, {})


@pytest.mark.parametrize("count", [1, MOST])
def test_as_many_candidates_as_may_be_are_taken(count):
    assert len(body_from(msgspec.json.encode({"user_id": 1, "post_ids": [7] * count})).post_ids) == count
