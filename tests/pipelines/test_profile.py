"""Which stores a command works on."""

from pathlib import Path

import pytest

from feed_core.model.errors import InvalidInput
from pipelines import profile
from pipelines.profile import open_core, settings_of
from tests.pipelines.named_servers import NAMED


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMED:
        monkeypatch.delenv(name, raising=False)


def test_production_takes_the_servers_of_this_machines_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_stack", lambda: NAMED)
    servers = settings_of("production").servers
    assert servers is not None
    assert servers.kafka_url == "kafka://127.0.0.1:4"


def test_a_variable_goes_before_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_stack", lambda: NAMED)
    monkeypatch.setenv("LOUPE_KAFKA_URL", "kafka://10.0.0.1:9092")
    servers = settings_of("production").servers
    assert servers is not None
    assert (servers.kafka_url, servers.redis_url) == ("kafka://10.0.0.1:9092", "redis://127.0.0.1:3/0")


def test_without_servers_production_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_stack", dict)
    with pytest.raises(InvalidInput, match="LOUPE_POSTGRES_URLS is not set") as refused:
        settings_of("production")
    assert "loupe stack up" in refused.value.fix


def test_embedded_needs_no_server(tmp_path: Path) -> None:
    settings = settings_of("embedded")
    assert settings.servers is None
    core = open_core(tmp_path, settings)
    assert core.accounts.page() == []
    core.close()
