"""A process is known again by its id and its birth, and ended only when it is the one that was started."""

import signal
import socket
import subprocess
import threading
from pathlib import Path

import msgspec
import pytest

from feed_core.model.errors import Conflict, Unavailable
from pipelines.stack.launching import Unwell, check_listening, launch, wait
from pipelines.stack.layout import Stack, make_stack
from pipelines.stack.processes import Command, Started, end, running, start, tail
from pipelines.stack.servers import Server


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    made = make_stack(tmp_path, base_port=26_000)
    for server in made.servers:
        made.data(server).mkdir(parents=True)
    return made


@pytest.fixture
def server(stack: Stack) -> Server:
    return stack.servers[0]


def begin(stack: Stack, server: Server, *arguments: str) -> None:
    start(Command(arguments=arguments, folder=stack.data(server)), stack.log(server), stack.record(server))


def test_what_was_started_is_known_again_until_it_ends(stack: Stack, server: Server) -> None:
    assert running(stack.record(server)) is None
    begin(stack, server, "sleep", "600")
    process = running(stack.record(server))
    assert process is not None
    assert end(process)
    assert running(stack.record(server)) is None


@pytest.mark.parametrize("asked", [0, 700])
def test_a_server_inherits_the_slack_that_its_command_asks_for(
    stack: Stack, server: Server, asked: int
) -> None:
    usual = _slack(threading.get_native_id())
    command = Command(arguments=("sleep", "600"), folder=stack.data(server), timer_slack_us=asked)
    start(command, stack.log(server), stack.record(server))
    process = running(stack.record(server))
    assert process is not None
    try:
        assert _slack(process.pid) == (asked * 1_000 or usual)
        assert _slack(threading.get_native_id()) == usual
    finally:
        end(process)


def _slack(thread: int) -> int:
    return int(Path(f"/proc/{thread}/timerslack_ns").read_text())


def test_an_id_that_was_given_to_another_process_is_not_taken_for_ours(stack: Stack, server: Server) -> None:
    other = subprocess.Popen(["sleep", "600"])
    try:
        stack.record(server).write_bytes(msgspec.json.encode(Started(other.pid, began=1.0)))
        assert running(stack.record(server)) is None
    finally:
        other.kill()
        other.wait()


def test_one_that_will_not_end_is_killed(stack: Stack, server: Server) -> None:
    begin(stack, server, "bash", "-c", "trap '' TERM; echo ready; while true; do read -t 1 < /dev/zero; done")
    process = running(stack.record(server))
    assert process is not None
    while "ready" not in tail(stack.log(server)):
        assert running(stack.record(server)) is not None
    assert not end(process, within=0.2)
    assert running(stack.record(server)) is None


def test_a_server_that_ends_by_itself_is_reported_with_the_end_of_its_log(
    stack: Stack, server: Server
) -> None:
    begin(stack, server, "bash", "-c", "echo no space left; exit 1")
    with pytest.raises(Unavailable, match="no space left"):
        wait(stack, server, _never_well)


def test_a_server_that_does_not_answer_is_reported_after_its_time(stack: Stack, server: Server) -> None:
    begin(stack, server, "bash", "-c", "echo still loading; exec sleep 600")
    process = running(stack.record(server))
    assert process is not None
    try:
        with pytest.raises(Unavailable, match=r"never(.|\n)*still loading"):
            wait(stack, server, _never_well, within=0.5)
    finally:
        end(process, signal.SIGKILL)


def test_a_taken_port_is_said_before_anything_starts(stack: Stack, server: Server) -> None:
    with socket.create_server((server.host, server.port)), pytest.raises(Conflict, match=str(server.port)):
        launch(stack, server, Command(arguments=["sleep", "600"], folder=stack.data(server)))
    assert not stack.record(server).exists()


@pytest.mark.parametrize("purpose", ["client", "jmx"])
def test_a_server_that_does_not_listen_yet_is_not_asked_further(stack: Stack, purpose: str) -> None:
    (server,) = (one for one in stack.servers if one.family == "cassandra")
    with pytest.raises(Unwell, match=str(server.ports[purpose])):
        check_listening(server, purpose)
    with socket.create_server(("127.0.0.1", server.ports[purpose])):
        check_listening(server, purpose)


def _never_well(_stack: Stack, _server: Server) -> None:
    raise Unwell("never")
