"""Kafka's errors, said in the model's words; what passes by itself is waited for."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from feed_core.model.errors import Unavailable

T = TypeVar("T")
TIMEOUT_SECONDS = 30.0
"""How long one call waits for the brokers, elections of a new leader included."""
ASK_SECONDS = 3.0
"""How long one question may take before it is asked anew: a client may wait for a coordinator that was
still loading when it was asked."""
_PAUSE_SECONDS = 0.05
_PASSING = frozenset({
    KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS, KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.NOT_COORDINATOR,
    KafkaError.REQUEST_TIMED_OUT, KafkaError.BROKER_NOT_AVAILABLE, KafkaError._TRANSPORT,
    KafkaError._TIMED_OUT, KafkaError._WAIT_COORD,
    KafkaError.FENCED_LEADER_EPOCH, KafkaError.UNKNOWN_LEADER_EPOCH, KafkaError.OFFSET_NOT_AVAILABLE,
    KafkaError.REPLICA_NOT_AVAILABLE, KafkaError.KAFKA_STORAGE_ERROR,
})  # fmt: skip
"""What one sees while a topic is new or a broker has just gone, and from a leader that was elected since one
knows (KAFKA-9535)."""


def unavailable(what: str, error: object) -> Unavailable:
    """``what`` did not work; it may be repeated."""
    return Unavailable(f"Kafka could not {what}: {error}.", fix="Check the brokers (`loupe stack status`).")


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Errors of the client inside become ``Unavailable``."""
    try:
        yield
    except KafkaException as error:
        raise unavailable(what, _error(error)) from error


def patiently(what: str, ask: Callable[[], T], learn: Callable[[], object] = lambda: None) -> T:
    """The answer of ``ask``, which is asked again while the brokers sort themselves out; before that,
    ``learn`` finds out who they are now."""
    deadline, failed = time.monotonic() + TIMEOUT_SECONDS, False
    while True:
        try:
            if failed:
                learn()
            return ask()
        except (KafkaException, FutureTimeout) as error:
            if not _passes(error) or time.monotonic() > deadline:
                raise unavailable(what, _error(error)) from error
        failed = True
        time.sleep(_PAUSE_SECONDS)


def _passes(error: Exception) -> bool:
    known = _error(error)
    return isinstance(error, FutureTimeout) or (isinstance(known, KafkaError) and known.code() in _PASSING)


def _error(error: Exception) -> object:
    return error.args[0] if error.args else repr(error)
