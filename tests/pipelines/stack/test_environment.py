"""What a stack says of itself is what the production profile understands, for every choice."""

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feed_core.model.errors import NotFound
from feed_core.settings import read_settings
from pipelines.profile import settings_of
from pipelines.stack.environment import environment, write_environment
from pipelines.stack.layout import Stack, make_stack, write_private
from pipelines.stack.servers import Size, group_of, servers
from pipelines.stack.tables import postgres_urls
from pipelines.stack.variables import FILE, read_environment


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LOUPE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(params=[(1, "standard"), (3, "small")], ids=["one node", "three nodes"])
def stack(tmp_path: Path, request: pytest.FixtureRequest) -> Stack:
    nodes, size = request.param
    return make_stack(tmp_path, nodes=nodes, base_port=25_000, size=size)


def _addresses(stack: Stack, group: str) -> list[str]:
    return [f"{one.host}:{one.port}" for one in group_of(stack.servers, group)]


def test_production_finds_every_server_of_the_stack(stack: Stack) -> None:
    named = read_settings(profile="production", defaults=environment(stack)).servers
    assert named is not None
    primaries = [one for one in stack.servers if (one.family, one.role) == ("postgres", "primary")]
    assert [urlsplit(url).port for url in named.postgres_urls.split()] == [one.port for one in primaries]
    for group, url in (("cassandra", named.cassandra_url), ("kafka", named.kafka_url)):
        assert urlsplit(url).netloc.split(",") == _addresses(stack, group)
    for url in (named.redis_url, named.redis_cache_url):
        assert urlsplit(url).netloc.rpartition("@")[2].split(",") == _addresses(stack, "redis-sentinel")
    assert (urlsplit(named.redis_url).path, urlsplit(named.redis_cache_url).path) == (
        "/redis-state",
        "/redis-cache",
    )


def test_each_primary_has_its_replica_in_the_same_order(stack: Stack) -> None:
    told = environment(stack)
    primaries, replicas = (
        [urlsplit(url).port for url in told[name].split()]
        for name in ("LOUPE_POSTGRES_URLS", "LOUPE_POSTGRES_REPLICA_URLS")
    )
    assert replicas == [port + 1 for port in primaries if port is not None]
    assert urlsplit(told["LOUPE_MLFLOW_URL"]).port == primaries[0]


def test_the_passwords_are_the_stacks_own(stack: Stack) -> None:
    told = environment(stack)
    assert urlsplit(told["LOUPE_MLFLOW_URL"]).password == stack.secrets.postgres
    assert urlsplit(told["LOUPE_REDIS_URL"].split(",")[0]).password == stack.secrets.redis
    assert stack.secrets.postgres not in repr(stack)
    assert stack.secrets.redis not in repr(stack)


def test_a_command_works_on_the_stack_whose_file_it_finds(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.profile.default_home", lambda: stack.home)
    write_environment(stack)
    servers_named = settings_of("production").servers
    assert servers_named is not None
    assert servers_named.postgres_urls.split() == postgres_urls(stack.home)
    assert settings_of("embedded").servers is None


def test_the_file_is_replaced_whole_and_stays_private(stack: Stack) -> None:
    (stack.home / FILE).write_text("{}")
    (stack.home / FILE).chmod(0o644)
    write_environment(stack)
    assert read_environment(stack.home) == environment(stack)
    assert stat.S_IMODE((stack.home / FILE).stat().st_mode) == 0o600
    assert not list(stack.home.glob(".*draft"))


def test_without_a_stack_there_are_no_clusters(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no stack"):
        postgres_urls(tmp_path)


def test_what_an_earlier_process_left_half_written_does_not_hinder(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.with_name(f".secret.{os.getpid()}.draft").write_text("half")
    write_private(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("nodes", [1, 3])
@pytest.mark.parametrize("size", ["standard", "small"])
def test_what_a_server_keeps_to_is_within_what_bounds_it(nodes: int, size: Size) -> None:
    for server in servers(nodes, size=size):
        assert 0 <= server.memory.own < server.memory.limit, server.name


@pytest.mark.parametrize("nodes", [1, 3])
def test_every_server_has_a_name_a_folder_and_an_address_of_its_own(tmp_path: Path, nodes: int) -> None:
    stack = make_stack(tmp_path, nodes=nodes)
    for place in (stack.data, stack.log, stack.record):
        assert len({place(server) for server in stack.servers}) == len(stack.servers)
    addresses = [(one.host, port) for one in stack.servers for port in one.ports.values()]
    assert len(set(addresses)) == len(addresses)


@pytest.mark.parametrize("nodes", [1, 3])
def test_members_of_a_group_are_numbered_from_one_with_the_primary_first(nodes: int) -> None:
    everyone = servers(nodes)
    for group in {server.group for server in everyone}:
        members = group_of(everyone, group)
        assert [one.number for one in members] == list(range(1, len(members) + 1))
        assert [one.role for one in members] in (["primary", "replica"], [members[0].role] * nodes)
    assert group_of(everyone, "nobody") == ()
