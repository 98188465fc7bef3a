"""A publisher's file is read cell by cell as it stands, or named with the line that is damaged."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.model.captions import all_hashtags
from feed_core.model.errors import Corrupt, InvalidInput, Unavailable
from pipelines.datasets.hashtags import as_hashtag
from pipelines.datasets.lbsn2vec import WEEK, absolute_hours
from pipelines.datasets.raw_files import read_columns, require_folder, set_of

_cell = st.text(st.characters(codec="utf-8", exclude_characters="\t\n\r\x00"), max_size=9)
_ids = st.integers(-(2**63), 2**63 - 1)
_sizes = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.tuples(_ids, _cell, _sizes), max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_cell_comes_back_with_its_line(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, float]], end: str, last: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.tsv"
    lines = ["\ufeffsize:float\tunused\tid:token\tname", *(f"{c!r}\tx\t{a}\t{b}" for a, b, c in rows)]
    path.write_bytes((end.join(lines) + end * last).encode())
    found = read_columns(path, {"id": int, "name": str, "size": float})
    assert found.columns.tolist() == ["id", "name", "size", "line"]
    assert list(found.itertuples(index=False, name=None)) == [
        (a, b, c, line) for line, (a, b, c) in enumerate(rows, 2)
    ]


def test_lines_without_text_are_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_text("id\tname\n1\ta\n\n   \n2\tb\n\t\n3\tc\n\n\n")
    found = read_columns(tmp_path / "rows.tsv", {"id": int})
    assert found["line"].tolist() == [2, 5, 7]


def test_a_line_in_another_encoding_does_not_spoil_the_others(tmp_path: Path) -> None:
    (tmp_path / "rows.tsv").write_bytes("id\tname\n1\tcafé\n".encode() + b"2\tcaf\xe9\n3\t\xce\xb1\n")
    assert read_columns(tmp_path / "rows.tsv", {"name": str})["name"].tolist() == ["café", "café", "α"]


@pytest.mark.parametrize("rows", ["", "\n\n", "\r\n"])
def test_a_header_alone_has_no_rows_of_the_right_types(tmp_path: Path, rows: str) -> None:
    (tmp_path / "rows.tsv").write_text("id\tsize\n" + rows)
    found = read_columns(tmp_path / "rows.tsv", {"id": int, "size": float})
    assert [str(kind) for kind in found.dtypes] == ["int64", "float64", "int64"]
    assert found.empty


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "its first line does not name id, size"),
        ("size\n1\n", "its first line does not name id"),
        ("id\tsize\n1\t2\n3\n", "line 3 has too few columns"),
        ("id\tsize\n1\t2\n\n3\tmuch\n", "line 4 has no number in size"),
        ("id\tsize\n1.5\t2\n", "line 2 has no number in id"),
        ("id\tsize\n9223372036854775808\t2\n", "line 2 has no number in id"),
        ("id\tsize\n1\t2\n2\tnan\n", "line 3 has no number in size"),
        ("id\tsize\n1\t1e999\n", "line 2 has no number in size"),
        ("id\tsize\n\t2\n", "line 2 has no number in id"),
    ],
)
def test_the_first_damaged_line_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "rows.tsv").write_text(text)
    with pytest.raises(Corrupt, match=rf"rows\.tsv is damaged: {says}\.") as told:
        read_columns(tmp_path / "rows.tsv", {"id": int, "size": float})
    assert "Copy it again" in told.value.fix


def test_every_file_that_is_missing_is_named_and_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    (tmp_path / "folder").mkdir()
    require_folder(tmp_path, ["here"])
    with pytest.raises(Unavailable, match="lacks gone, folder"):
        require_folder(tmp_path, ["here", "gone", "folder"])
    with pytest.raises(Unavailable, match="There is no folder"):
        require_folder(tmp_path / "here", [])


def test_a_set_is_the_first_unless_one_is_named() -> None:
    assert (set_of(None, ("a", "b")), set_of("b", ("a", "b"))) == ("a", "b")
    with pytest.raises(InvalidInput, match=r"no set ''.*Use one of a, b"):
        set_of("", ("a", "b"))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(st.one_of(st.characters(exclude_characters="\x00", codec="utf-8"), st.sampled_from(" #|_\t"))))
def test_whatever_the_text_its_hashtag_is_one_that_a_post_may_carry(text: str) -> None:
    tag = as_hashtag(text, "otherwise")
    assert all_hashtags("", [tag]) == (tag,)
    assert "|" not in tag, "which parts hashtags in the import format"


@pytest.mark.parametrize("text", ["", " ", "#", "###", "_", "| |", "\u2003\n#_"])
def test_a_text_of_nothing_takes_the_other_name(text: str) -> None:
    assert as_hashtag(text, "otherwise") == "otherwise"


@pytest.mark.parametrize("seed", range(20))
def test_hours_of_the_week_are_counted_on_over_any_number_of_weeks(seed: int) -> None:
    """No two visits in a row are more than half a week apart, which is what the file allows to tell."""
    draw = random.Random(seed)
    true = np.cumsum([draw.randrange(WEEK), *(draw.randrange(WEEK // 2) for _ in range(60))])
    assert absolute_hours(true % WEEK + 1).tolist() == true.tolist()


def test_a_visit_somewhat_out_of_order_stays_in_its_week() -> None:
    assert absolute_hours(np.array([100, 100 - WEEK // 2, 168, 1])).tolist() == [99, 15, 167, 168]
    assert absolute_hours(np.array([7])).tolist() == [6]
