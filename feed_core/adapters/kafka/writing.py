"""Writes records: acknowledged by all in-sync replicas, each once and in order, keyed by the user."""

import threading
from collections.abc import Callable, Mapping, Sequence

import structlog
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from feed_core.adapters.kafka.clients import CLIENT
from feed_core.adapters.kafka.errors import translated, unavailable

_log = structlog.get_logger("loupe.kafka")
APPEND_SECONDS = 8.0
"""How long a write waits for the brokers. The others have taken over from one that was killed after five;
longer than this nobody who waits for an answer should be left without any."""
_GIVEN_UP_S = 120.0
"""How long a record is tried to be written, whether anybody waits for it or not. A producer that gives one up
must begin its sequence anew in the middle of an outage, while it does not know what the broker has."""
_LISTEN_S = 0.1
_TOGETHER_MS = 0.5
"""Somebody waits for each write, which consists of several records: they go together."""
_CONFIG = {
    **CLIENT,
    "acks": "all",
    "enable.idempotence": True,
    # As Java's and Python's clients deal keys out, so that each user has one partition whoever writes.
    "partitioner": "murmur2_random",
    "compression.type": "lz4",
    "socket.nagle.disable": True,
    "message.timeout.ms": int(_GIVEN_UP_S * 1000),
    "queue.buffering.max.messages": 500_000,
}


class Writer:
    """One producer for all threads; a thread of its own hears the acknowledgements.

    After one write has waited in vain, others are refused at once until a broker answers again: all those of
    the writers that share ``away``.
    """

    def __init__(self, brokers: str, away: threading.Event, linger_ms: float = _TOGETHER_MS) -> None:
        self._config = {**_CONFIG, "bootstrap.servers": brokers, "linger.ms": linger_ms}
        self._lock = threading.Lock()
        self._producer: Producer | None = None
        self._lost: Producer | None = None
        self._closed, self._away = threading.Event(), away
        self._listener = threading.Thread(target=self._listen, name="loupe-kafka-acks", daemon=True)
        self._current()
        self._listener.start()

    def send(self, batches: Mapping[str, Sequence[tuple[int, bytes]]]) -> Callable[[], None]:
        """Give (key, body) records by topic to the producer. The answer returns when all are acknowledged;
        either raises ``Unavailable`` when one may not be there, or be there later. Nobody need wait: what
        fails is logged."""
        return self._send(batches, Receipts(sum(map(len, batches.values()))))

    def _send(
        self, batches: Mapping[str, Sequence[tuple[int, bytes]]], receipts: "Receipts"
    ) -> Callable[[], None]:
        what, producer = f"take records for {', '.join(batches)}", self._current()
        if receipts.expected and self._away.is_set():
            raise unavailable(what, "no broker answers")
        receipts.failed = lambda error: self._hear(what, error, producer)
        with translated(what):
            for topic, records in batches.items():
                for key, body in records:
                    _produce(producer, topic, b"%d" % key, body, receipts)

        def wait() -> None:
            error = receipts.wait() if receipts.expected else None
            if error is None:
                return
            if error.code() == KafkaError._TIMED_OUT:
                self._hear(what, error, producer)
            raise unavailable(what, error.str())

        return wait

    def _hear(self, what: str, error: KafkaError, producer: Producer) -> None:
        """Called by the listener, inside of a poll, or by who has waited in vain."""
        _log.warning(f"Kafka did not {what}", reason=error.str())
        if error.fatal():
            self._lost = producer
        elif error.code() in (KafkaError._TIMED_OUT, KafkaError._MSG_TIMED_OUT):
            self._away.set()

    def close(self) -> None:
        """Wait for what is on its way, then end the thread."""
        self._closed.set()
        self._listener.join()
        if self._producer is not None:
            self._producer.flush(APPEND_SECONDS)

    def _current(self) -> Producer:
        with self._lock:
            if self._producer is None:
                self._producer = Producer(self._config)
            return self._producer

    def _drop(self, producer: Producer) -> None:
        """An idempotent producer that lost its place must not go on; the next write makes a new one.

        Nobody listens to it any more, so others who wait for it hear of their failure here.
        """
        with self._lock:
            if self._producer is producer:
                self._producer = None
        producer.flush(APPEND_SECONDS)

    def _listen(self) -> None:
        while not self._closed.is_set():
            self._current().poll(_LISTEN_S)
            if self._lost is not None:
                lost, self._lost = self._lost, None
                self._drop(lost)
            if self._away.is_set():
                self._look()

    def _look(self) -> None:
        """Whether a broker answers again."""
        try:
            self._current().list_topics(timeout=_LISTEN_S)
        except KafkaException:
            return
        self._away.clear()


class Receipts:
    """Counts the acknowledgements of one write; remembers the first error. At the end ``failed`` hears of
    that, and ``arrived`` is called whatever came of it."""

    def __init__(self, expected: int, arrived: Callable[[], None] = lambda: None) -> None:
        self.expected, self._missing, self._arrived = expected, expected, arrived
        self.failed: Callable[[KafkaError], None] = lambda _: None
        self._error: KafkaError | None = None
        self._done = threading.Event()

    def take(self, error: KafkaError | None, _: Message) -> None:
        """Called by the producer, always in the thread that polls it."""
        self._error = self._error or error
        self._missing -= 1
        if not self._missing:
            if self._error is not None:
                self.failed(self._error)
            self._arrived()
            self._done.set()

    def wait(self) -> KafkaError | None:
        """The first error, None when all is well."""
        return self._error if self._done.wait(APPEND_SECONDS) else KafkaError(KafkaError._TIMED_OUT)


def _produce(producer: Producer, topic: str, key: bytes, body: bytes, receipts: Receipts) -> None:
    while True:
        try:
            return producer.produce(topic, body, key=key, on_delivery=receipts.take)
        except BufferError:
            # The queue is full: the listener empties it.
            producer.flush(0.01)
