"""What the producer's failure means to those who wait for it."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from confluent_kafka import KafkaError, KafkaException

from feed_core.adapters.kafka import writing
from feed_core.adapters.kafka.writing import Writer
from feed_core.model.errors import Unavailable
from tests.servers import wait_until

Receipt = Callable[[KafkaError | None, object], None]


class LostItsPlace:
    """Stands in for a producer whose broker has forgotten it: librdkafka fails all that it holds, and tells
    whoever polls."""

    def __init__(self, _config: object) -> None:
        self.receipts: list[Receipt] = []

    def produce(self, _topic: str, _body: bytes, *, key: bytes, on_delivery: Receipt) -> None:
        self.receipts.append(on_delivery)

    def poll(self, _seconds: float) -> None:
        """Tells the first of two."""
        if len(self.receipts) == 2:
            self._fail(self.receipts.pop(0))

    def flush(self, _seconds: float) -> None:
        while self.receipts:
            self._fail(self.receipts.pop(0))

    def _fail(self, receipt: Receipt) -> None:
        receipt(KafkaError(KafkaError._FATAL, "out of sequence", fatal=True), None)


class Unreachable:
    """Stands in for a producer whose brokers are away until they are said to be there."""

    there = False
    asked = 0

    def __init__(self, _config: object) -> None:
        self.receipts: list[Receipt] = []

    def produce(self, _topic: str, _body: bytes, *, key: bytes, on_delivery: Receipt) -> None:
        type(self).asked += 1
        self.receipts.append(on_delivery)

    def poll(self, _seconds: float) -> None:
        late = None if self.there else KafkaError(KafkaError._MSG_TIMED_OUT)
        while self.receipts:
            self.receipts.pop(0)(late, None)

    def flush(self, _seconds: float) -> None:
        """Nothing waits."""

    def list_topics(self, timeout: float) -> None:
        if not self.there:
            raise KafkaException(KafkaError(KafkaError._TRANSPORT))


class Silent(Unreachable):
    """Keeps what it is given, and says nothing, until the broker is back."""

    written = 0

    def poll(self, seconds: float) -> None:
        if self.there:
            type(self).written += len(self.receipts)
            super().poll(seconds)


def test_after_one_write_has_waited_in_vain_others_are_refused_until_a_broker_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "Producer", Unreachable)
    writer = Writer("127.0.0.1:1", Event())
    for _ in range(2):
        with pytest.raises(Unavailable):
            writer.send({"posts": [(1, b"one")]})()
    assert Unreachable.asked == 1
    monkeypatch.setattr(Unreachable, "there", True)

    def written() -> bool:
        try:
            writer.send({"posts": [(1, b"one")]})()
        except Unavailable:
            return False
        return True

    wait_until(written, within=20)
    writer.close()


def test_what_nobody_waits_for_any_more_is_written_when_the_broker_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "Producer", Silent)
    monkeypatch.setattr(writing, "APPEND_SECONDS", 0.2)
    writer = Writer("127.0.0.1:1", Event())
    for said in ("Timed out", "no broker answers"):
        with pytest.raises(Unavailable, match=said):
            writer.send({"posts": [(1, b"one")]})()
    assert Silent.written == 0
    monkeypatch.setattr(Silent, "there", True)
    wait_until(lambda: Silent.written == 1, within=20)
    writer.close()


def test_a_producer_that_lost_its_place_fails_everybody_who_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "Producer", LostItsPlace)
    writer, refused = Writer("127.0.0.1:1", Event()), list[str]()

    def write() -> None:
        with pytest.raises(Unavailable) as error:
            writer.send({"posts": [(1, b"one")]})()
        refused.append(str(error.value))

    both = [Thread(target=write, daemon=True) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(20)
    assert len(refused) == 2
    writer.close()
