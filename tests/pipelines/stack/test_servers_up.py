"""The real servers: up, asked, killed, up again with their data, down, up."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cassandra.cluster import Cluster
from click.testing import Result
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from typer.testing import CliRunner

from feed_core.model.errors import Conflict, InvalidInput
from pipelines import cli
from pipelines.stack import postgres, redis
from pipelines.stack.layout import Stack, make_stack
from pipelines.stack.processes import end, running
from pipelines.stack.servers import Server, group_of
from pipelines.stack.starting import bring_up, take_down, wipe
from pipelines.stack.status import conditions
from tests.stack import Throwaway

pytestmark = pytest.mark.slow(150)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def own(mortal: Stack) -> Stack:
    """A stack whose servers may be killed, with something written to each."""
    write(mortal)
    return mortal


def write(stack: Stack) -> None:
    with postgres.connect(stack, named(stack, "postgres-0"), "loupe") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    with redis.client(stack, named(stack, "redis-state")) as client:
        client.set("kept", "42")
        client.wait(1, 10_000)
    cluster = Cluster(["127.0.0.1"], port=named(stack, "cassandra").port, protocol_version=5)
    session = cluster.connect()
    session.execute(
        "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    )
    session.execute("CREATE TABLE kept.kept (value int PRIMARY KEY)")
    session.execute("INSERT INTO kept.kept (value) VALUES (42)")
    cluster.shutdown()
    brokers = {"bootstrap.servers": f"127.0.0.1:{named(stack, 'kafka').port}"}
    admin = AdminClient(brokers)
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(30)
    producer = Producer({**brokers, "acks": "all"})
    producer.produce("kept", b"42")
    assert producer.flush(30) == 0


def read(stack: Stack) -> list[str]:
    """What ``write`` wrote, from each family; Redis' from whichever server leads."""
    with postgres.connect(stack, named(stack, "postgres-0"), "loupe") as connection:
        found = [str(value) for (value,) in connection.execute("SELECT value FROM kept").fetchall()]
    leader = next(one for one in group_of(stack.servers, "redis-state") if redis.leads(stack, one))
    with redis.client(stack, leader) as client:
        found.append(str(client.get("kept")))
    cluster = Cluster(["127.0.0.1"], port=named(stack, "cassandra").port, protocol_version=5)
    found += [str(row.value) for row in cluster.connect().execute("SELECT value FROM kept.kept")]
    cluster.shutdown()
    consumer = Consumer(
        {
            "bootstrap.servers": f"127.0.0.1:{named(stack, 'kafka').port}", "group.id": "reader",
            "auto.offset.reset": "earliest", "enable.auto.commit": False,
        }
    )  # fmt: skip
    consumer.subscribe(["kept"])
    message = consumer.poll(60)
    consumer.close()
    return [*found, "" if message is None else (message.value() or b"").decode()]


def named(stack: Stack, name: str) -> Server:
    return next(server for server in stack.servers if server.name == name)


def pids(stack: Stack) -> dict[str, int | None]:
    return {one.server.name: one.pid for one in conditions(stack)}


def test_every_server_is_well_and_within_its_memory(own: Stack) -> None:
    for one in conditions(own):
        assert one.trouble == "", one
        assert 0 < one.held <= one.server.memory.limit << 20, one


def test_up_again_starts_nothing_again(own: Stack) -> None:
    before = pids(own)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: bring_up(own), range(2)))
    assert pids(own) == before


@pytest.mark.parametrize(
    "names",
    [
        ("postgres-0",), ("postgres-1-replica",), ("redis-state",), ("redis-cache-replica",),
        ("redis-sentinel",), ("redis-state", "redis-state-replica", "redis-sentinel"), ("cassandra", "kafka"),
    ],
    ids="+".join,
)  # fmt: skip
def test_a_killed_server_is_seen_and_comes_back_with_what_it_had(own: Stack, names: tuple[str, ...]) -> None:
    if "redis-state-replica" in names:
        saved(own)
    before = pids(own)
    for name in names:
        process = running(own.record(named(own, name)))
        assert process is not None
        end(process, signal.SIGKILL)
    assert {one.server.name for one in conditions(own) if one.pid is None} == set(names)
    bring_up(own)
    assert not [one for one in conditions(own) if one.trouble]
    assert {name for name, pid in pids(own).items() if pid != before[name]} == set(names)
    assert read(own) == ["42"] * 4


def saved(stack: Stack) -> None:
    """Redis on disk as after its minute."""
    for server in group_of(stack.servers, "redis-state"):
        if not redis.leads(stack, server):
            with redis.client(stack, server) as client:
                client.save()


def test_down_and_up_keeps_everything(own: Stack) -> None:
    take_down(own)
    assert {one.trouble for one in conditions(own)} == {"does not run"}
    bring_up(own)
    assert read(own) == ["42"] * 4


def test_the_replica_saves_every_minute_and_the_primary_does_not(own: Stack) -> None:
    for server in own.servers:
        if server.group in redis.POLICIES:
            with redis.client(own, server) as client:
                assert client.config_get("save")["save"] == ("" if redis.leads(own, server) else "60 1")


def test_a_running_stack_is_not_wiped(own: Stack) -> None:
    with pytest.raises(Conflict, match="loupe stack down"):
        wipe(own)


def test_a_half_made_cluster_is_made_anew(throwaway: Throwaway) -> None:
    with throwaway("redis") as stack:
        draft = stack.home / "postgres" / "postgres-0.draft"
        draft.mkdir(parents=True)
        (draft / "PG_VERSION").write_text("15")
        bring_up(stack, ["postgres"])
        assert not draft.exists()
        postgres.ask(stack, named(stack, "postgres-1-replica"))
        take_down(stack, ["postgres", "redis"])
        wipe(stack)
        assert not stack.home.exists()


def test_a_folder_that_postgres_may_not_enter_is_said(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    if closed.stat().st_uid == 0:
        with pytest.raises(InvalidInput, match="may not enter"):
            bring_up(make_stack(closed / "stack", base_port=31_000), ["postgres"])


def test_the_program_tells_how_the_servers_are(own: Stack) -> None:
    program = [sys.executable, "-m", "pipelines.cli", "stack", "status", "--home", str(own.home)]
    told = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told
    assert all(server.name in told.stdout for server in own.servers)
    assert _ran("down", own, "--only", "redis").exit_code == 0
    assert _ran("status", own).exit_code == 1
    up = _ran("up", own)
    assert up.exit_code == 0, up
    assert "LOUPE_REDIS_URL" in up.stdout
    assert own.secrets.redis not in up.stdout


def _ran(command: str, stack: Stack, *more: str) -> Result:
    """The same program, in this process."""
    return CliRunner().invoke(cli.app, ["stack", command, "--home", str(stack.home), *more])
