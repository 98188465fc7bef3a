"""What is written down for a server, and how it is found to be, without starting any."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from feed_core.model.errors import Conflict
from pipelines.stack import cassandra, kafka, redis
from pipelines.stack.layout import Stack, make_stack
from pipelines.stack.processes import Started, tail
from pipelines.stack.servers import Server, group_of
from pipelines.stack.starting import wipe
from pipelines.stack.status import conditions
from pipelines.stack.templates import render, write


@pytest.fixture(params=[1, 3], ids=["one node", "three nodes"])
def stack(tmp_path: Path, request: pytest.FixtureRequest) -> Stack:
    return make_stack(tmp_path / "stack", nodes=request.param, base_port=27_000, size="small")


@pytest.fixture
def ours(stack: Stack) -> Callable[[Server], None]:
    """Has this very process taken for a server, which it is not."""

    def take(server: Server) -> None:
        me = psutil.Process()
        stack.record(server).write_bytes(msgspec.json.encode(Started(me.pid, me.create_time())))

    return take


def test_a_name_that_is_not_given_is_not_left_in_a_template() -> None:
    with pytest.raises(KeyError, match="shared_buffers"):
        render("postgres/postgresql.conf", port=1)


def test_values_are_put_in_as_they_are_whatever_they_hold() -> None:
    odd = "$port ${port} \\1 %s"
    text = render("redis/watch.conf", group=odd, host="h", port=7, quorum=1, password="p")
    assert odd in text


@pytest.mark.parametrize(("secret", "mode"), [(True, 0o600), (False, 0o644)])
def test_only_a_file_with_a_password_is_for_its_owner_alone(tmp_path: Path, secret: bool, mode: int) -> None:
    before = os.umask(0)
    try:
        path = write(tmp_path / "new.conf", "text", secret=secret)
    finally:
        os.umask(before)
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("text", mode)


def test_a_file_that_gets_a_password_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "redis.conf"
    path.write_text("open")
    path.chmod(0o644)
    assert stat.S_IMODE(write(path, "requirepass x", secret=True).stat().st_mode) == 0o600
    assert path.read_text() == "requirepass x"


def test_a_broker_names_all_that_vote_and_keeps_records_on_a_majority(stack: Stack) -> None:
    brokers = group_of(stack.servers, "kafka")
    for broker in brokers:
        lines = dict(
            line.split("=", 1)
            for line in kafka._properties(stack, broker).splitlines()
            if "=" in line and not line.startswith("#")
        )
        voters = ",".join(f"{one.number}@{one.host}:{one.ports['controller']}" for one in brokers)
        assert lines["controller.quorum.voters"] == voters
        assert lines["node.id"] == str(broker.number)
        assert int(lines["min.insync.replicas"]) == len(brokers) // 2 + 1
        assert int(lines["default.replication.factor"]) == len(brokers)


def _seeds(stack: Stack, node: Server) -> list[str]:
    (stack.home / "etc").mkdir(exist_ok=True)
    cassandra._write_configuration(stack, node)
    text = (stack.home / "etc" / f"{node.name}.yaml").read_text()
    (line,) = [line for line in text.splitlines() if "seeds:" in line]
    return [seed.split(":")[0] for seed in line.split("seeds:")[1].strip(' "').split(",")]


def test_a_node_that_joins_hears_of_the_ring_from_those_before_it_and_later_from_any(stack: Stack) -> None:
    nodes = group_of(stack.servers, "cassandra")
    for before, node in enumerate(nodes):
        assert _seeds(stack, node) == [one.host for one in nodes[: max(1, before)]]
        stack.data(node).mkdir(parents=True)
        (stack.data(node) / "joined").touch()
        assert _seeds(stack, node) == [one.host for one in nodes]


def _saved(stack: Stack, server: Server, body: bytes, at: int) -> Path:
    dump = stack.data(server) / "dump.rdb"
    dump.parent.mkdir(parents=True, exist_ok=True)
    dump.write_bytes(body)
    os.utime(dump, ns=(at, at))
    return dump


@pytest.mark.parametrize(
    ("of_primary", "of_replica", "expected"),
    [(1, 2, b"replica"), (2, 1, b"primary"), (None, 1, b"replica"), (1, None, b"primary")],
)
def test_a_primary_begins_with_what_was_saved_last(
    stack: Stack, of_primary: int | None, of_replica: int | None, expected: bytes
) -> None:
    members = group_of(stack.servers, "redis-state")
    for server, body, at in zip(members, (b"primary", b"replica"), (of_primary, of_replica), strict=True):
        if at is not None:
            _saved(stack, server, body, at * 10**9)
    assert redis._leader(stack, members) == members[0]
    assert [path.name for path in stack.data(members[0]).iterdir()] == ["dump.rdb"]
    assert (stack.data(members[0]) / "dump.rdb").read_bytes() == expected


def test_a_use_that_never_saved_begins_empty(stack: Stack) -> None:
    members = group_of(stack.servers, "redis-cache")
    assert redis._leader(stack, members) == members[0]
    assert not stack.data(members[0]).exists()


def test_a_stack_that_was_never_started_does_not_run(stack: Stack) -> None:
    found = conditions(stack)
    assert [one.server for one in found] == list(stack.servers)
    assert {(one.pid, one.trouble, one.held) for one in found} == {(None, "does not run", 0)}


def test_a_server_that_lives_and_does_not_answer_is_in_trouble(
    stack: Stack, ours: Callable[[Server], None]
) -> None:
    asked_at_once = [server for server in stack.servers if server.family != "redis"]
    for server in asked_at_once:
        ours(server)
    found = [one for one in conditions(stack) if one.server in asked_at_once]
    assert {one.pid for one in found} == {os.getpid()}
    assert all(one.held > 1 << 20 for one in found)
    assert all(one.trouble and "\n" not in one.trouble for one in found), found


def test_a_stack_is_wiped_only_when_none_of_its_servers_lives(
    stack: Stack, ours: Callable[[Server], None]
) -> None:
    server = stack.servers[1]
    ours(server)
    with pytest.raises(Conflict, match=rf"Still running: {server.name}\."):
        wipe(stack)
    assert stack.record(server).exists()
    stack.record(server).write_bytes(msgspec.json.encode(Started(os.getpid(), time.time() + 60)))
    wipe(stack)
    assert not stack.home.exists()


@pytest.mark.parametrize(("written", "lines", "read"), [(0, 15, 0), (3, 15, 3), (15, 15, 15), (40, 4, 4)])
def test_the_end_of_a_log_is_its_last_lines(tmp_path: Path, written: int, lines: int, read: int) -> None:
    log = tmp_path / "server.log"
    assert tail(log, lines) == ""
    log.write_bytes(b"".join(b"line %d \xff\n" % number for number in range(written)))
    found = tail(log, lines).splitlines()
    assert found == [f"line {number} \ufffd" for number in range(written - read, written)]
