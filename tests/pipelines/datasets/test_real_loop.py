"""The whole loop on a folder in Last.fm's format whose taste lies in circles of friends."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from feed_core.model.clock import DAY
from feed_core.model.errors import InvalidInput, Unavailable
from pipelines.datasets.real_loop import judge, run
from pipelines.datasets.real_report import report_tables
from tests.pipelines.datasets.planted import circles
from tests.pipelines.datasets.raw_folders import write_lastfm


def test_the_loop_runs_from_raw_files_to_a_table(tmp_path: Path) -> None:
    folder, steps = _written(tmp_path / "raw"), list[tuple[int, int]]()
    report = run(tmp_path / "home", "lastfm", folder, progress=lambda done, all_: steps.append((done, all_)))
    assert steps[-1][0] <= steps[-1][1]
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert set(report.seconds) == {"read", "load", "lake", "examples", "training", "judging"}
    assert report.people > 0
    assert report.split % DAY == 0
    recalls = {row.name: row.mean for row in report.table.metrics[1].rows}
    assert max(recalls.values()) <= report.candidate_recall
    assert sum(report.gains.values()) == pytest.approx(1)
    shown = Console(width=160, record=True, file=(tmp_path / "shown").open("w"))
    for table in report_tables(report):
        shown.print(table)
    assert "collaborative filtering" in shown.export_text()
    assert judge(tmp_path / "home", "lastfm").table.metrics == report.table.metrics, "same seed, same result"


def test_a_missing_folder_leaves_no_home(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no folder"):
        run(tmp_path / "home", "lastfm", tmp_path / "nowhere")
    assert not (tmp_path / "home").exists()


def test_a_history_of_a_few_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="before the split"):
        run(tmp_path / "home", "lastfm", write_lastfm(tmp_path / "raw"))


def _written(folder: Path) -> Path:
    """``circles`` as a folder of Last.fm; friendships between neighbours of the files' own people."""
    history = circles()
    days = history.at.astype("datetime64[ms]").astype("datetime64[D]")
    parts = [str(day).split("-") for day in days]
    rows = [
        (int(user), int(post), 13, int(day), int(month), int(year))
        for user, post, (year, month, day) in zip(history.user, history.post, parts, strict=True)
    ]
    write_lastfm(folder, rows)
    pairs = np.stack([history.follower, history.followee], axis=1)
    lines = ["userID\tfriendID", *(f"{a}\t{b}" for a, b in pairs.tolist())]
    (folder / "user_friends.dat").write_text("\n".join(lines) + "\n")
    return folder
