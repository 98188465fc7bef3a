"""Listens to a channel in a thread of its own, and says when it may have missed something."""

import threading
from collections.abc import Callable

import redis
import structlog

from feed_core.adapters.redis.connecting import RedisStore, translated

_log = structlog.get_logger("loupe.cache")
_WAIT_SECONDS = 0.2


class Subscription:
    """Subscribed when the constructor returns. After a lost connection the handle gets None: whoever keeps
    something by what it hears must forget it all."""

    def __init__(self, store: RedisStore, channel: str, handle: Callable[[bytes | None], None]) -> None:
        self._store, self._channel, self._handle = store, channel, handle
        self._ended = threading.Event()
        with translated("subscribe"):
            self._open()
        self._thread = threading.Thread(target=self._listen, name="loupe-invalidation", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._thread.join()
        self._listener.close()

    def _open(self) -> None:
        self._listener = self._store.client.pubsub()
        self._listener.subscribe(self._channel)
        while (answer := self._listener.get_message(timeout=5)) is None or answer["type"] != "subscribe":
            if answer is None:
                raise redis.TimeoutError("the subscription was not confirmed")

    def _listen(self) -> None:
        whole = True
        while not self._ended.is_set():
            try:
                if not whole:
                    self._listener.close()
                    self._open()
                    self._handle(None)
                    whole = True
                message = self._listener.get_message(timeout=_WAIT_SECONDS)
                if message is not None and message["type"] == "message":
                    self._handle(message["data"])
                elif message is not None and message["type"] == "subscribe":
                    self._handle(None)  # the client connected anew by itself
            except (redis.RedisError, OSError) as error:
                if whole:
                    _log.warning("lost the channel of invalidations", reason=str(error))
                    self._handle(None)
                whole = False
                self._ended.wait(_WAIT_SECONDS)
