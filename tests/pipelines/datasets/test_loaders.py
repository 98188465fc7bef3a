"""The named loaders on tiny folders: what a row becomes, and what is said of a missing or damaged file."""

from pathlib import Path

import numpy as np
import pytest

from feed_core.model.clock import HOUR, from_rfc3339
from feed_core.model.errors import Corrupt, InvalidInput, Unavailable
from pipelines.datasets import DATASETS, read_dataset
from pipelines.datasets.hashtags import as_hashtag
from pipelines.datasets.lbsn2vec import absolute_hours
from tests.pipelines.datasets.raw_folders import write_lastfm, write_lbsn, write_ml100k

WRITERS = {"lastfm": write_lastfm, "lbsn2vec": write_lbsn, "ml-100k": write_ml100k}


def test_an_artist_is_a_post_by_whoever_tagged_it_first(tmp_path: Path) -> None:
    posts = read_dataset("lastfm", write_lastfm(tmp_path)).posts.set_index("post_id")
    assert posts.loc[52, "author"] == 3
    assert posts.loc[52, "created_at"] == from_rfc3339("2009-03-01T00:00:00Z")
    assert posts.loc[52, "caption"] == "Björk"


def test_of_several_first_taggers_on_a_day_the_smallest_id_is_the_author(tmp_path: Path) -> None:
    posts = read_dataset("lastfm", write_lastfm(tmp_path)).posts.set_index("post_id")
    assert posts.loc[60, "author"] == 2


def test_a_tagging_is_a_share_that_carries_the_tag(tmp_path: Path) -> None:
    shares = read_dataset("lastfm", write_lastfm(tmp_path)).engagements
    assert set(shares["action"]) == {"share"}
    assert shares["hashtags"].tolist()[:4] == [("alt_metal",), ("1",), ("alt_metal",), ("tropicália",)]
    assert shares["at"].iloc[0] == from_rfc3339("2009-04-01T00:00:00Z")


def test_an_impossible_date_stays_at_its_line_and_makes_no_post(tmp_path: Path) -> None:
    tables = read_dataset("lastfm", write_lastfm(tmp_path))
    assert 61 not in set(tables.posts["post_id"])
    wrong = tables.engagements[tables.engagements["at"] < 0]
    assert wrong["line"].tolist() == [7]


def test_friends_follow_each_other_from_the_first_day_on(tmp_path: Path) -> None:
    tables = read_dataset("lastfm", write_lastfm(tmp_path))
    pairs = set(zip(tables.follows["follower"], tables.follows["followee"], strict=True))
    assert pairs == {(2, 3), (3, 2), (3, 4), (4, 3)}
    assert set(tables.follows["at"]) == {from_rfc3339("2009-03-01T00:00:00Z")}
    assert set(tables.users["created_at"]) == set(tables.follows["at"])


def test_a_venue_is_a_post_by_its_first_visitor_with_its_category(tmp_path: Path) -> None:
    tables = read_dataset("lbsn2vec", write_lbsn(tmp_path))
    posts = tables.posts.set_index("post_id")
    assert posts.loc[900, "author"] == 1
    assert posts.loc[901, "author"] == 2
    assert posts.loc[901, "hashtags"] == ("venue8",)
    assert posts.loc[900, "created_at"] == from_rfc3339("2012-04-03T14:00:00Z")
    assert len(tables.follows) == 2


def test_a_fall_of_the_hour_by_more_than_half_a_week_begins_a_new_week() -> None:
    hours = np.array([160, 168, 3, 100, 20, 16, 30], dtype=np.int64)
    assert absolute_hours(hours).tolist() == [159, 167, 170, 267, 187, 183, 197]
    shares = np.diff(absolute_hours(np.array([168, 1], dtype=np.int64)))
    assert shares.tolist() == [1]


def test_check_ins_keep_the_order_of_the_rows(tmp_path: Path) -> None:
    shares = read_dataset("lbsn2vec", write_lbsn(tmp_path, "SaoPaulo"), "SaoPaulo").engagements
    assert np.diff(shares["at"]).tolist() == [HOUR, 120 * HOUR, 11 * HOUR]


def test_ratings_of_four_and_five_are_likes_and_genres_hashtags(tmp_path: Path) -> None:
    tables = read_dataset("ml-100k", write_ml100k(tmp_path))
    assert tables.engagements["user"].tolist() == [1, 2]
    assert set(tables.engagements["action"]) == {"like"}
    posts = tables.posts.set_index("post_id")
    assert posts.loc[10, "hashtags"] == ("animation", "childrens")
    assert posts.loc[10, "created_at"] == from_rfc3339("2007-11-22T15:55:49Z"), "520 weeks after 1997"
    assert 12 not in posts.index, "nobody rated it, so it has no time"
    assert set(posts["author"]) == {"house"}


def test_all_of_a_data_set_goes_through_the_import_checks(tmp_path: Path) -> None:
    for name, write in WRITERS.items():
        tables = read_dataset(name, write(tmp_path / name)).normalised()
        assert (tables.users["username"] != "").all()
        assert (tables.posts["created_at"] > 0).all()


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_folder_that_is_not_there_is_unavailable(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no folder"):
        read_dataset(name, tmp_path / "nowhere")


def test_missing_files_are_named(tmp_path: Path) -> None:
    write_lastfm(tmp_path)
    (tmp_path / "tags.dat").unlink()
    (tmp_path / "artists.dat").unlink()
    with pytest.raises(Unavailable, match=r"artists\.dat, tags\.dat"):
        read_dataset("lastfm", tmp_path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("2\t52", "line 8 has too few columns"),
        ("2\t52\tx\t1\t4\t2009", "line 8 has no number in tagID"),
        ("2\t52\t13\t31\t2\t2009", "line 8 has no date"),
        ("2\t52\t13\t115\t4\t2009", "line 8 has no date"),
        ("2\t52\t13\t-85\t2\t2009", "line 8 has no date"),
        ("2\t52\t13\t1\t105\t2008", "line 8 has no date"),
        ("99999999999999999999999\t52\t13\t1\t2\t2009", "line 8 has no number in userID"),
    ],
)
def test_a_damaged_row_is_named_by_file_and_line(damage: str, says: str, tmp_path: Path) -> None:
    path = write_lastfm(tmp_path) / "user_taggedartists.dat"
    path.write_text(path.read_text() + damage + "\n")
    with pytest.raises(Corrupt, match=rf"user_taggedartists\.dat is damaged: {says}"):
        read_dataset("lastfm", tmp_path)


def test_a_number_that_is_not_finite_is_none(tmp_path: Path) -> None:
    path = write_ml100k(tmp_path) / "ml-100k.inter"
    path.write_text(path.read_text() + "2\t11\t4\tnan\n")
    with pytest.raises(Corrupt, match="line 5 has no number in timestamp"):
        read_dataset("ml-100k", tmp_path)


def test_a_file_of_another_kind_is_corrupt(tmp_path: Path) -> None:
    path = write_lastfm(tmp_path) / "user_friends.dat"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(Corrupt, match="does not name userID, friendID"):
        read_dataset("lastfm", tmp_path)


def test_a_file_without_a_dated_tagging_is_corrupt(tmp_path: Path) -> None:
    write_lastfm(tmp_path, [(2, 52, 13, 1, 4, 1956)])
    with pytest.raises(Corrupt, match="no tagging with a date"):
        read_dataset("lastfm", tmp_path)


def test_ratings_of_nobody_are_corrupt(tmp_path: Path) -> None:
    path = write_ml100k(tmp_path) / "ml-100k.inter"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(Corrupt, match=r"ml-100k\.inter holds no rating"):
        read_dataset("ml-100k", tmp_path)


@pytest.mark.parametrize("keep", [0, 40, 200])
def test_a_truncated_matlab_file_is_corrupt(keep: int, tmp_path: Path) -> None:
    path = write_lbsn(tmp_path) / "lbsn_NYC.mat"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(Corrupt, match=r"lbsn_NYC\.mat is damaged"):
        read_dataset("lbsn2vec", tmp_path)


def test_an_unknown_name_or_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no data set 'netflix'"):
        read_dataset("netflix", tmp_path)
    with pytest.raises(InvalidInput, match="no set 'Oslo'"):
        read_dataset("lbsn2vec", write_lbsn(tmp_path), "Oslo")


@pytest.mark.parametrize(
    ("text", "tag"),
    [("Alt  Metal", "alt_metal"), ("#1", "1"), ("  ", "x"), ("a|b", "a_b"), ("ä" * 200, "ä" * 100)],
)
def test_any_text_becomes_one_word(text: str, tag: str) -> None:
    assert as_hashtag(text, "x") == tag
