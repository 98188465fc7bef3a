"""Tiny folders in the publishers' own formats, and where the real ones lie."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

REAL = Path(os.environ.get("LOUPE_DATA", Path(__file__).parents[4] / "shared" / "data"))


def real_folder(name: str) -> Path:
    """The real data set's folder; skips the test where it is absent."""
    folder = REAL / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set LOUPE_DATA to the folder that holds {name}")
    return folder


def write_lastfm(folder: Path, taggings: list[tuple[int, int, int, int, int, int]] | None = None) -> Path:
    """Three people, two friendships, three artists; user, artist, tag, day, month, year."""
    rows = taggings or [
        (2, 52, 13, 1, 4, 2009),
        (2, 52, 15, 1, 4, 2009),
        (3, 52, 13, 1, 3, 2009),
        (3, 60, 14, 5, 6, 2010),
        (2, 60, 13, 5, 6, 2010),
        (4, 61, 15, 1, 6, 1956),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "artists.dat", "id\tname\turl\tpictureURL", ["52\tBjörk\tu\tp", "60\tLow\tu\tp"])
    tags = b"tagID\ttagValue\r\n13\tAlt Metal\r\n14\ttropic\xe1lia\r\n15\t#1\r\n"
    (folder / "tags.dat").write_bytes(tags)
    _write(folder / "user_friends.dat", "userID\tfriendID", ["2\t3", "3\t2", "3\t4", "4\t3"])
    header = "userID\tartistID\ttagID\tday\tmonth\tyear"
    _write(folder / "user_taggedartists.dat", header, ["\t".join(map(str, row)) for row in rows])
    return folder


def write_lbsn(folder: Path, city: str = "NYC") -> Path:
    """Two people and a friendship; a week's end between the third and the fourth check-in."""
    folder.mkdir(parents=True, exist_ok=True)
    visits = [(1, 39, 900, 7), (2, 40, 901, 8), (1, 160, 901, 8), (2, 3, 900, 7)]
    savemat(
        folder / f"lbsn_{city}.mat",
        {
            "selected_checkins": np.array(visits, dtype=np.int32),
            "friendship_old": np.array([[1, 2]], dtype=np.uint16),
        },
    )
    return folder


def write_ml100k(folder: Path) -> Path:
    """Two people, two films, three ratings, one of them below 4."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "ml-100k.inter",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float",
        ["1\t10\t5\t881250949", "2\t10\t3\t881250950", "2\t11\t4\t881250999"],
    )
    _write(
        folder / "ml-100k.item",
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq",
        ["10\tToy Story\t1995\tAnimation Children's", "11\tHeat\t1995\tCrime", "12\tUnseen\t1995\tDrama"],
    )
    header = "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token"
    _write(folder / "ml-100k.user", header, ["1\t24\tM\ttechnician\t85711", "2\t53\tF\tother\t94043"])
    return folder


def _write(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
