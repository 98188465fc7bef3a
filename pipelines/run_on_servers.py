"""Whose run the stores of the production profile hold: a demo begins in empty ones, and empties only its own.

A mark in Redis, where nothing is evicted, says which home's run it is.
"""

import platform
from pathlib import Path

from feed_core.core import FeedCore
from feed_core.model.errors import Conflict
from feed_core.model.servers import Servers
from feed_core.redis_client import open_redis, translated
from feed_core.stores import empty_production

_KEY = "run_of"
_FIX = (
    "Name that run's folder with --home, point the LOUPE_* variables at other servers, or remove all data "
    "of this machine's: loupe stack down, then loupe stack wipe."
)


class RunOnServers:
    """The run of ``home`` on ``servers``."""

    def __init__(self, home: Path, servers: Servers) -> None:
        self._home, self._servers = home, servers
        self._mine = f"{platform.node()}:{home.resolve()}"

    def is_there(self) -> bool:
        """Whether the servers hold this run, whole or not; if not, they are empty.

        Raises ``Conflict`` when they hold anything else, ``Unavailable`` when one does not answer.
        """
        mark = self._mark()
        if mark == self._mine:
            return True
        if mark:
            raise Conflict(f"The servers hold the run of {mark}.", fix=_FIX)
        if self._inhabited():
            raise Conflict(
                "Somebody lives on these servers already, and a run starts on empty ones.", fix=_FIX
            )
        return False

    def begin(self) -> None:
        """Remove what an earlier attempt of this run left, and mark the servers as this run's."""
        if self.is_there():
            empty_production(self._servers)
        store = open_redis(self._servers.redis_url)
        with translated("keep whose run this is"):
            store.client.set(store.key(_KEY), self._mine)
        store.client.close()

    def _mark(self) -> str:
        store = open_redis(self._servers.redis_url)
        with translated("say whose run this is"):
            mark: bytes | None = store.client.get(store.key(_KEY))
        store.client.close()
        return (mark or b"").decode()

    def _inhabited(self) -> bool:
        core = FeedCore.open(self._home, servers=self._servers)
        try:
            return bool(core.accounts.page(0, 1))
        finally:
            core.close()
