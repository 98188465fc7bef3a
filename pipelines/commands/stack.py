"""``loupe stack``: the real servers of this machine, up and down."""

from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.table import Table

from feed_core.model.clock import to_rfc3339
from feed_core.model.errors import InvalidInput, Unavailable
from pipelines.progress import console
from pipelines.stack.layout import default_home, make_stack, open_stack
from pipelines.stack.servers import BASE_PORT, FAMILIES, Family, Size

app = typer.Typer(no_args_is_help=True, help="Postgres, Redis, Cassandra and Kafka on this machine.")

StackHome = Annotated[
    Path, typer.Option("--home", envvar="STACK_HOME", help="Folder that holds all data of the servers.")
]
Only = Annotated[str, typer.Option(help=f"Some of {','.join(FAMILIES)}, by commas; all when left out.")]
_MIB = 1 << 20
_SHOWN = 5
"""Writes that were laid aside, the newest."""


@app.command()
def fetch() -> None:
    """Fetch what the Java servers run from through Maven, once, and check it against the lists kept here."""
    from pipelines.stack.jars import NAMES, jars

    for name in NAMES:
        console.print(f"  {name:<12}{jars(name)}", highlight=False)


@app.command()
def up(
    home: StackHome = default_home(), only: Only = "",
    nodes: Annotated[int | None, typer.Option(help="Cassandra nodes, brokers, Sentinels: 1 or 3.")] = None,
    base_port: Annotated[int | None, typer.Option(help=f"First of its 100 ports ({BASE_PORT}).")] = None,
    size: Annotated[str | None, typer.Option(help="Memory: standard, or small for tests.")] = None,
) -> None:  # fmt: skip
    """Start the servers that do not run and wait until each is well; print where they are.

    Data stays in the folder: what was killed comes back with what it had acknowledged.
    """
    from pipelines.stack.environment import environment
    from pipelines.stack.starting import bring_up
    from pipelines.stack.variables import FILE

    if nodes not in {None, 1, 3}:
        raise InvalidInput(f"--nodes {nodes} is not offered.", fix="Take 1 or 3.")
    families = _families(only)
    stack = make_stack(home, nodes, base_port, _size(size))
    bring_up(stack, families, _say)
    if "postgres" in families:
        console.print(f"  {_migrate(home)} migrations of Postgres; Cassandra's run when it is opened")
    console.print(f"\nSettings, also in [bold]{stack.home / FILE}[/]:", highlight=False)
    for name, value in environment(stack).items():
        console.print(f"  {name}={_without_passwords(value)}", highlight=False, soft_wrap=True)


@app.command()
def down(home: StackHome = default_home(), only: Only = "") -> None:
    """End the servers in order; their data stays."""
    from pipelines.stack.starting import take_down

    take_down(open_stack(home), _families(only))
    console.print("Down.")


@app.command()
def status(home: StackHome = default_home()) -> None:
    """Ask every server how it is; exit code 1 when one is not well."""
    from pipelines.stack.status import conditions
    from pipelines.stack.tables import postgres_urls

    stack = open_stack(home)
    table = Table("server", "port", "pid", "well", "memory MiB", "limit", "data")
    found = conditions(stack)
    for one in found:
        server = one.server
        table.add_row(
            server.name, f"{server.host}:{server.port}", str(one.pid or "–"), one.trouble or "yes",
            f"{one.held / _MIB:,.0f}", f"{server.memory.limit:,}", str(stack.data(server)),
        )  # fmt: skip
    console.print(table)
    limit = sum(one.server.memory.limit for one in found)
    console.print(f"{sum(one.held for one in found) / _MIB:,.0f} MiB held, {limit:,} MiB at most")
    if any(one.trouble for one in found):
        raise typer.Exit(1)
    try:
        say_dead_writes(postgres_urls(home))
    except Unavailable as error:  # the servers are well, what Loupe keeps on them is not there
        console.print(f"[yellow]{error}[/]", highlight=False)


@app.command()
def wipe(
    home: StackHome = default_home(),
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove all data of the servers, which must be down."""
    from pipelines.stack.starting import wipe as remove

    stack = open_stack(home)
    if not yes:
        typer.confirm(f"Remove all data in {stack.home}?", abort=True)
    remove(stack)
    console.print(f"Removed {stack.home}.", highlight=False)


@app.command()
def migrate(home: StackHome = default_home()) -> None:
    """Bring the tables of the Postgres clusters to the newest version; may be repeated."""
    ran = _migrate(home)
    console.print(f"{ran:,} migrations ran." if ran else "Every table is at the newest version.")


@app.command()
def move_shard(
    shard: Annotated[int, typer.Argument(help="Number of the logical shard.")],
    to: Annotated[int, typer.Option(help="Number of the cluster: 0 is the first.")],
    home: StackHome = default_home(),
) -> None:
    """Move a logical shard to another Postgres cluster while services run; repeat it when it is cut short."""
    from feed_core.stores import move_postgres_shard
    from pipelines.stack.tables import postgres_urls

    move_postgres_shard(postgres_urls(home), shard, to)
    console.print(f"Shard {shard} is on cluster {to}.")


@app.command()
def retry_writes(home: StackHome = default_home()) -> None:
    """Take up again the writes that were laid aside, once their cause is mended.

    The workers do them within seconds. What was written since stays; what fails again is laid aside anew.
    """
    from feed_core.stores import retry_writes as retry
    from pipelines.stack.tables import postgres_urls

    console.print(f"{retry(postgres_urls(home)):,} writes are for the workers again.")


def say_dead_writes(urls: list[str]) -> None:
    """Print how many writes could not be done, and the last of them; nothing when there are none."""
    from feed_core.stores import dead_writes

    dead = dead_writes(urls)
    for write in dead[-_SHOWN:]:
        people = ", ".join(map(str, write.owners[:5]))
        console.print(f"  {to_rfc3339(write.at)}  of {people}: {write.reason}", highlight=False)
    if dead:
        noun = "write" if len(dead) == 1 else "writes"
        console.print(
            f"{len(dead):,} {noun} could not be done. Mend the cause, then loupe stack retry-writes."
        )


def _migrate(home: Path) -> int:
    from pipelines.stack.tables import migrate as bring_up_to_date

    return bring_up_to_date(home)


def _families(only: str) -> tuple[Family, ...]:
    named = [name.strip() for name in only.split(",") if name.strip()]
    for name in named:
        if name not in FAMILIES:
            raise InvalidInput(f"There is no server {name!r}.", fix=f"Known: {', '.join(FAMILIES)}.")
    return tuple(family for family in FAMILIES if not named or family in named)


def _size(text: str | None) -> Size | None:
    for size in get_args(Size):
        if size == text:
            return size  # type: ignore[no-any-return]
    if text is None:
        return None
    raise InvalidInput(f"There is no size {text!r}.", fix=f"Known: {', '.join(get_args(Size))}.")


def _say(family: str, seconds: float) -> None:
    console.print(f"  {family:<12}{seconds:6.1f} s", highlight=False)


def _without_passwords(value: str) -> str:
    import re

    return re.sub(r":[^:@/ ]+@", ":…@", value)
