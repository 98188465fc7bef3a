"""Listens to a channel in a thread of its own, and says when it may have missed something."""

import threading
import time
from collections.abc import Callable
from typing import Any

import redis
import structlog

from feed_core.adapters.redis.connecting import RedisStore

_log = structlog.get_logger("loupe.cache")
_LOOK_SECONDS = 0.2
_PING_SECONDS = 1.0
_DEAF_SECONDS = 2.5
"""A server that is pinged every second and has said nothing for so long does not speak to us."""


class Subscription:
    """Implements ``ports.cache.Subscribed``. After a lost connection the handle gets None before anything is
    ``whole`` again: whoever keeps something by what it hears must forget it all.

    Its connection does not mend itself: a loss that nobody is told of is a message that nobody heard.
    """

    def __init__(self, store: RedisStore, channel: str, handle: Callable[[bytes | None], None]) -> None:
        self._store, self._channel, self._handle = store, channel, handle
        self._ended = threading.Event()
        self._connection: Any = None
        self._heard_at = self._pinged_at = 0.0
        self._subscribed = self._missed = False
        self._join()
        self._thread = threading.Thread(target=self._run, name="loupe-invalidation", daemon=True)
        self._thread.start()

    @property
    def whole(self) -> bool:
        return self._subscribed and time.monotonic() - self._heard_at < _DEAF_SECONDS

    def end(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._thread.join()
        self._leave()

    def _run(self) -> None:
        while not self._ended.is_set():
            if self._connection is None:
                self._ended.wait(_LOOK_SECONDS)
                self._join()
                continue
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                self._lose(error)
                self._handle(None)

    def _join(self) -> None:
        """Subscribe, if the server can be reached."""
        try:
            self._connection = self._store.client.connection_pool.get_connection()
            self._connection.send_command("SUBSCRIBE", self._channel, check_health=False)
            if self._answer(_DEAF_SECONDS) is None:
                raise redis.TimeoutError("the subscription was not confirmed")
        except (redis.RedisError, OSError) as error:
            self._lose(error)
            return
        if self._missed:
            self._handle(None)
        self._heard_at = self._pinged_at = time.monotonic()
        self._missed, self._subscribed = False, True

    def _lose(self, error: Exception) -> None:
        self._leave()
        if not self._missed:
            _log.warning("lost the channel of invalidations", reason=str(error))
        self._missed = True

    def _listen(self) -> None:
        """Take one message, if any comes."""
        answer, now = self._answer(_LOOK_SECONDS), time.monotonic()
        if answer is None:
            if now - self._heard_at >= _DEAF_SECONDS:
                raise redis.TimeoutError("nothing is heard any more")
            if now - self._pinged_at >= _PING_SECONDS:
                self._pinged_at = now
                self._connection.send_command("PING", check_health=False)
            return
        if isinstance(answer, list) and answer[0] == b"message":
            self._handle(answer[2])
        self._heard_at = now

    def _answer(self, seconds: float) -> Any:
        """None when nothing comes."""
        if not self._connection.can_read(timeout=seconds):
            return None
        return self._connection.read_response(push_request=True)

    def _leave(self) -> None:
        self._subscribed = False
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()
            self._store.client.connection_pool.release(connection)
