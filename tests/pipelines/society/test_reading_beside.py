"""Two processes show what one would: the same play, record by record."""

from contextlib import closing
from pathlib import Path

import pytest

from feed_core.model.events import TOPICS
from feed_core.ports.event_log import EventLog
from feed_core.settings import Settings
from pipelines import loop
from pipelines.beside import Beside
from pipelines.profile import open_core
from pipelines.society.config import SocietyConfig
from pipelines.society.reading_beside import ReadInTwo, reads_alone
from pipelines.society.serving import Chronological, Seen
from tests.pipelines.society.conftest import Played, play_small

CONFIG = SocietyConfig.small(people=60, days=2)


def _records(log: EventLog) -> dict[str, list[tuple[int, bytes]]]:
    return {
        topic: [(record.key, record.body) for record in log.read(topic, (0,), 1_000_000)] for topic in TOPICS
    }


def test_a_play_read_by_two_processes_is_the_one_read_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for people in (CONFIG.people + 1, CONFIG.people):
        home = tmp_path / str(people)
        monkeypatch.setattr(loop, "WORTH_A_PROCESS", people)
        report = loop.play_society(home, CONFIG, 5)
        with closing(open_core(home, Settings(home=home))) as core:
            found.append((report, _records(core.stores.events)))
    alone, in_two = found
    assert alone == in_two
    assert len(alone[1]["engagement"]) > 1_000


@pytest.fixture
def lived_in(tmp_path: Path) -> Played:
    """A small society after its days."""
    return play_small(tmp_path)


def test_each_reader_is_shown_what_is_new_to_them_wherever_it_is_read(lived_in: Played) -> None:
    core, users = lived_in.core, lived_in.society.user_ids[lived_in.society.user_ids > 0][:9].tolist()
    plain, settings = Chronological(core, Seen()), Settings(home=lived_in.home)
    lived_in.clock.set(lived_in.clock.now() + 1)
    with closing(Beside(reads_alone, lived_in.home, settings)) as beside:
        in_two = ReadInTwo(core, Seen(), beside)
        for readers in (users[:5], users[3:], users, users[::-1]):
            planned = plain.plan(readers, 4)
            shown = in_two(readers, 4).post_ids
            assert [row[row > 0].tolist() for row in shown] == [[post for post, _ in one] for one in planned]
            plain.show(readers, planned, 4)
    core.close()
