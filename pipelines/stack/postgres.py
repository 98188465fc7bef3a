"""PostgreSQL 15: two clusters, each a primary and a streaming replica."""

import os
import pwd
import shutil
import signal
from pathlib import Path

import psycopg
from psycopg import sql

from feed_core.model.errors import InvalidInput, Unavailable
from pipelines.stack.launching import Unwell, launch, wait
from pipelines.stack.layout import Stack, write_private
from pipelines.stack.processes import Command, end, end_all_in, run, running
from pipelines.stack.servers import Server, group_of
from pipelines.stack.templates import render, write

DATABASE = "loupe"
TRACKING_DATABASE = "mlflow"
"""Where MLflow keeps its runs: on the first cluster."""
_USER = "postgres"
_BINARIES = Path("/usr/lib/postgresql/15/bin")


def up(stack: Stack, server: Server) -> None:
    """Start one server and wait for it; its cluster is made first where there is none.

    A replica needs its primary to be up.
    """
    if running(stack.record(server)) is None:
        _prepare(stack, server)
        _bury(stack.data(server))
        launch(stack, server, _command(stack, server))
    wait(stack, server, ask)
    if server.role == "primary":
        _make_databases(stack, server)


def ask(stack: Stack, server: Server) -> None:
    """Whether it takes part as what it is: a primary that writes, or a replica that streams."""
    try:
        with connect(stack, server) as connection:
            row = connection.execute(
                "SELECT pg_is_in_recovery(), (SELECT status FROM pg_stat_wal_receiver)"
            ).fetchone()
    except psycopg.Error as error:
        raise Unwell(str(error).strip()) from error
    if row != ((True, "streaming") if server.role == "replica" else (False, None)):
        raise Unwell(f"in recovery, stream: {row}")


def down(stack: Stack, server: Server) -> None:
    """End it after its open transactions were rolled back and its checkpoint written."""
    process = running(stack.record(server))
    if process is not None:
        end(process, signal.SIGINT)


def connect(stack: Stack, server: Server, database: str = "postgres") -> psycopg.Connection:
    """A connection as the superuser, which commits by itself."""
    return psycopg.connect(
        host=server.host, port=server.port, dbname=database, user=_USER, password=stack.secrets.postgres,
        connect_timeout=5, autocommit=True,
    )  # fmt: skip


def _prepare(stack: Stack, server: Server) -> None:
    """Make the cluster in a folder beside its own, which gets its name once it is whole."""
    data = stack.data(server)
    if not data.exists():
        _check_reachable(data)
        data.parent.mkdir(parents=True, exist_ok=True)
        draft = data.with_suffix(".draft")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        _own(draft)
        (_initialise if server.role == "primary" else _copy_primary)(stack, server, draft)
        draft.rename(data)
    _configure(server, data)


def _bury(data: Path) -> None:
    """Clear away what a killed server left, which is known not to run.

    Its sessions may outlive it for a moment. Its lock file names an id that counts as alive until somebody
    collects the dead process, which may take seconds.
    """
    end_all_in(data)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _configure(server: Server, data: Path) -> None:
    text = render("postgres/postgresql.conf", port=server.port, shared_buffers=server.memory.own)
    _own(write(data / "postgresql.conf", text))
    _own(write(data / "pg_hba.conf", render("postgres/pg_hba.conf")))


def _initialise(stack: Stack, server: Server, draft: Path) -> None:
    password = draft.with_name(f".{server.name}.password")
    write_private(password, stack.secrets.postgres.encode())
    _own(password)
    try:
        _run(
            server, "initdb", f"--pgdata={draft}", f"--pwfile={password}", f"--username={_USER}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
    finally:
        password.unlink()


def _copy_primary(stack: Stack, server: Server, draft: Path) -> None:
    primary = group_of(stack.servers, server.group)[0]
    slot = server.name.replace("-", "_")
    with connect(stack, primary) as connection:
        connection.execute(
            "SELECT pg_create_physical_replication_slot(%(slot)s)"
            " WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = %(slot)s)",
            {"slot": slot},
        )
    source = f"host={primary.host} port={primary.port} user={_USER}"
    _run(
        server, "pg_basebackup", f"--pgdata={draft}", "--write-recovery-conf", "--wal-method=stream",
        f"--slot={slot}", "--checkpoint=fast", f"--dbname={source}", password=stack.secrets.postgres,
    )  # fmt: skip


def _make_databases(stack: Stack, server: Server) -> None:
    """The role and the databases that the services use, made where they are missing."""
    password = sql.Literal(stack.secrets.postgres)
    role = sql.Identifier(DATABASE)
    with connect(stack, server) as connection:
        made = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (DATABASE,)).fetchone()
        if made is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN REPLICATION PASSWORD {}").format(role, password))
        wanted = [DATABASE, TRACKING_DATABASE] if server.group == "postgres-0" else [DATABASE]
        for name in wanted:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), role))


def _command(stack: Stack, server: Server) -> Command:
    data = stack.data(server)
    return Command(arguments=[str(_binary("postgres")), "-D", str(data)], folder=data, user=_other_user())


def _run(server: Server, program: str, *options: str, password: str = "") -> None:
    """Run one of Postgres' programs to its end. Raises ``Unavailable`` with what it said."""
    environment = {"LC_ALL": "C.UTF-8", "PGPASSWORD": password}
    arguments = [str(_binary(program)), *options]
    ran = run(Command(arguments=arguments, folder=Path("/"), user=_other_user(), environment=environment))
    if ran.returncode:
        raise Unavailable(
            f"{program} failed for {server.name}:\n{ran.stdout}",
            fix="Cure what it names and run loupe stack up again.",
        )


def _binary(name: str) -> Path:
    path = _BINARIES / name
    if not path.exists():
        raise Unavailable(
            "PostgreSQL 15 is not installed.", fix="Run make stack, or: apt-get install postgresql-15."
        )
    return path


def _other_user() -> str | None:
    """Postgres refuses to run as root: then it runs as the user that its package made."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(_USER)
    except KeyError as error:
        raise Unavailable(
            "There is no user postgres to run it as.",
            fix="Run make stack, or: apt-get install postgresql-15.",
        ) from error
    return _USER


def _own(path: Path) -> None:
    if user := _other_user():
        shutil.chown(path, user, user)


def _check_reachable(data: Path) -> None:
    """Every folder above must let Postgres' own user pass."""
    if not _other_user():
        return
    for folder in data.parents:
        if folder.exists() and not folder.stat().st_mode & 0o001:
            raise InvalidInput(
                f"Postgres runs as the user {_USER}, who may not enter {folder}.",
                fix="Choose another --home, such as /var/lib/loupe/stack, or: chmod o+x on that folder.",
            )
