"""``loupe events``: how far consumers are, what they could not take, and giving it to them again."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from feed_core.core import FeedCore
from feed_core.model.clock import to_rfc3339
from feed_core.model.events import TOPICS
from feed_core.ports.event_log import between
from feed_core.settings import Profile
from feed_core.workers.dead_letters import DeadLetters
from pipelines.commands.options import DEFAULT_HOME, Home
from pipelines.profile import ProfileName, existing, open_core, settings_of
from pipelines.progress import console

Group = Annotated[str, typer.Option("--group", help="Only what this consumer group failed at; default: all.")]
Topic = Annotated[str, typer.Option("--topic", help="Only records of this topic; default: all.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many to show at most.")]

app = typer.Typer(
    no_args_is_help=True,
    help="The event log: what waits, what could not be taken, and taking it again.\n\n"
    "A consumer commits its place after the effect, so [bold]lag[/] is work that still has to happen. "
    "A record that fails even alone is moved to the topic [bold]dead[/] with the reason, so that the "
    "records behind it go on: look with [bold]dead[/], mend the cause, then [bold]replay[/].",
)


@app.command()
def lag(home: Home = DEFAULT_HOME, profile: ProfileName = "embedded") -> None:
    """How many records each consumer group has still to take, by topic and partition.

    A number that stays the same while records arrive means that no worker of the group is running.
    """
    table = Table("topic", "group", *_right("records", "taken", "waiting"), "waiting by partition")
    with _core(home, profile) as core:
        for topic in TOPICS:
            end = core.stores.events.end(topic)
            for group in core.stores.events.groups(topic) or ["-"]:
                place = core.stores.events.committed(group, topic)
                waiting = [max(0, there - here) for here, there in zip(place, end, strict=True)]
                taken = "-" if group == "-" else f"{sum(place):,}"
                rest = f"{between(place, end):,}" if group != "-" else "-"
                spread = " ".join(map(str, waiting)) if group != "-" else "no consumer yet"
                table.add_row(topic, group, f"{sum(end):,}", taken, rest, spread)
    console.print(table)


@app.command()
def dead(
    home: Home = DEFAULT_HOME,
    group: Group = "",
    topic: Topic = "",
    limit: Limit = 50,
    profile: ProfileName = "embedded",
) -> None:
    """The records that a consumer could not take, with when and why.

    Nothing is lost by being here: the record lies whole in the topic "dead" until it is replayed.
    """
    table = Table("when", "group", "topic", *_right("partition", "offset", "user"), "reason")
    with _core(home, profile) as core:
        letters = list(islice(_letters(core).waiting(group, topic), limit + 1))
    for letter in letters[:limit]:
        place = (str(letter.partition), str(letter.offset), str(letter.key))
        table.add_row(to_rfc3339(letter.died_at), letter.group, letter.topic, *place, letter.reason)
    if not letters:
        console.print("No dead records.")
        return
    console.print(table)
    if len(letters) > limit:
        console.print(f"… and more: raise --limit above {limit:,}.", highlight=False)
    console.print("Mend the cause, then [bold]loupe events replay[/].", highlight=False)


@app.command()
def replay(
    home: Home = DEFAULT_HOME, group: Group = "", topic: Topic = "", profile: ProfileName = "embedded"
) -> None:
    """Give dead records to the consumer that failed at them again, and to no other.

    One that fails again stays dead, with the new reason. Safe to repeat: effects bear repetition.
    """
    with _core(home, profile) as core:
        done, failed, left = _letters(core).replay(group, topic)
    console.print(
        f"{done:,} took effect, {failed:,} failed again, {left:,} left as they are.", highlight=False
    )
    if failed:
        raise typer.Exit(1)


@contextmanager
def _core(home: Path, profile: Profile) -> Iterator[FeedCore]:

    settings = settings_of(profile)
    core = open_core(home if settings.servers else existing(home), settings)
    try:
        yield core
    finally:
        core.close()


def _letters(core: FeedCore) -> DeadLetters:
    return DeadLetters(core.stores.events, core.workers.consumers)


def _right(*names: str) -> list[Column]:
    """Headings of columns of numbers."""
    return [Column(name, justify="right") for name in names]
