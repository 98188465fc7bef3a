"""The embedded stores under SIGKILL of the only process there is."""

from pathlib import Path

import pytest

from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.event_log import SqliteEventLog
from feed_core.stores import FILE_NAME
from tests.faults.processes import Victim, api, free_port
from tests.faults.scenario import run

pytestmark = pytest.mark.slow(30)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_server_loses_nothing_that_it_acknowledged(seed: int, tmp_path: Path) -> None:
    port = free_port()
    server = api(tmp_path, {}, port)
    server.start()
    try:
        outcome = run(
            [f"http://127.0.0.1:{port}"],
            seed,
            [Victim("api", server.kill, server.start)],
            lambda: SqliteEventLog(Database(tmp_path / FILE_NAME)),
        )
    finally:
        server.stop()
    assert not outcome.wrong
    assert outcome.killed == ("api", "api")
    assert outcome.acts > 50
    assert outcome.looks > 20
