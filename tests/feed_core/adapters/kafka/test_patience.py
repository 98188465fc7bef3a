"""What passes by itself is asked again by what is known then; what does not is told at once."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from feed_core.adapters.kafka.errors import patiently
from feed_core.model.errors import Unavailable


class Elected:
    """Brokers of which another one leads: they answer whoever has learnt of it."""

    def __init__(self, code: int) -> None:
        self.code, self.asked, self.known = code, 0, False

    def ask(self) -> int:
        self.asked += 1
        if not self.known:
            raise KafkaException(KafkaError(self.code))
        return 7

    def learn(self) -> None:
        self.known = True


@pytest.mark.parametrize(
    "code", [KafkaError.FENCED_LEADER_EPOCH, KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError._TRANSPORT]
)
def test_a_new_leader_is_learnt_of_and_asked(code: int) -> None:
    brokers = Elected(code)
    assert patiently("say where it ends", brokers.ask, brokers.learn) == 7
    assert brokers.asked == 2


def test_that_nobody_tells_who_leads_passes_too() -> None:
    brokers, refusals = Elected(KafkaError.FENCED_LEADER_EPOCH), [KafkaError(KafkaError._TRANSPORT)]

    def learn() -> None:
        if refusals:
            raise KafkaException(refusals.pop())
        brokers.learn()

    assert patiently("say where it ends", brokers.ask, learn) == 7
    assert brokers.asked == 2


def test_what_does_not_pass_is_told_at_once() -> None:
    brokers = Elected(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(Unavailable, match="say where it ends"):
        patiently("say where it ends", brokers.ask, brokers.learn)
    assert brokers.asked == 1
