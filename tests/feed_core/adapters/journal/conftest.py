"""Services over several stores with a journal, in a process that can be killed at any of its steps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.port_writes import WRITES
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.credentials import PostgresCredentials
from feed_core.adapters.postgres.decisions import PostgresDecisions
from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.adapters.postgres.idempotency import PostgresIdempotencyKeys
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.core import FeedCore
from feed_core.model.clock import Clock
from feed_core.stores import Stores, open_stores

STEPS = ("commit", "finish", "load", "take")


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Fuse:
    """Kills at the step number ``left`` from now; None never."""

    left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@dataclass(frozen=True)
class Mortal:
    """Stands in for a store; the process may die before and after each step on it."""

    store: Any
    fuse: Fuse
    steps: frozenset[str]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        act: Callable[..., Any] = getattr(self.store, name)
        if name not in self.steps:
            return act

        def step(*arguments: Any, **named: Any) -> Any:
            self.fuse.burn()
            answer = act(*arguments, **named)
            self.fuse.burn()
            return answer

        return step


@dataclass
class Process:
    """One process of a service. ``die`` loses all that it held; what it stored stays."""

    urls: list[str]
    folder: Path
    clock: Clock
    fuse: Fuse = field(default_factory=Fuse)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Open everything anew."""
        self.fuse.left = None
        self.clusters = Clusters(self.urls)
        shards = Shards(self.clusters)
        locks = OwnerLocks(shards)
        self.apart = {name: open_stores(self.folder / name) for name in WRITES}
        plain = {name: getattr(self.apart[name], name) for name in WRITES} | {
            "accounts": PostgresAccounts(shards, locks),
            "credentials": PostgresCredentials(shards, locks),
            "decisions": PostgresDecisions(shards),
            "graph": PostgresFollows(shards),
            "idempotency": PostgresIdempotencyKeys(shards),
        }
        mortal = {name: Mortal(store, self.fuse, WRITES[name]) for name, store in plain.items()}
        self.log = PostgresUnitLog(shards, locks)
        self.journal = Journal(Mortal(self.log, self.fuse, frozenset(STEPS)), mortal)
        self.stores = self._stores(mortal)
        self.core = FeedCore.over(self.stores, clock=self.clock)

    def die(self) -> None:
        """Locks are let go of, nothing else happens any more."""
        self.clusters.close()
        for stores in self.apart.values():
            stores.close()

    def _stores(self, mortal: dict[str, Mortal]) -> Stores:
        elsewhere = {"posts": {"add_to_counts"}, "idempotency": {"forget"}}
        journaled: dict[str, Any] = {
            name: JournaledPort(name, store, self.journal, elsewhere.get(name, ()))
            for name, store in mortal.items()
        }
        other = self.apart["posts"]
        return Stores(
            transactions=self.journal,
            ids=other.ids,
            rate_limits=other.rate_limits,
            activity=other.activity,
            close=self.die,
            **journaled,
        )


@pytest.fixture
def process(postgres_urls: list[str], tmp_path: Path) -> Iterator[Callable[[Clock], Process]]:
    """Starts processes over the same stores."""
    begun: list[Process] = []

    def begin(clock: Clock) -> Process:
        begun.append(Process(postgres_urls, tmp_path, clock))
        return begun[-1]

    yield begin
    for one in begun:
        one.die()
