"""A client that its group never deals anything to is replaced, and what it hears later is nobody's."""

from contextlib import closing
from typing import ClassVar

import pytest
from confluent_kafka import Consumer

from feed_core.adapters.kafka import membership
from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.membership import Member
from feed_core.model.errors import Unavailable
from pipelines.stack.layout import Stack
from tests.servers import fresh_topics, wait_until


class Deaf(Consumer):
    """Joins its group when it is told to, until then it hears nothing."""

    joins: ClassVar[list["Deaf"]] = []

    def subscribe(self, topics, on_assign, on_revoke) -> None:  # type: ignore[no-untyped-def,override]
        self.join = lambda: super(Deaf, self).subscribe(topics, on_assign=on_assign, on_revoke=on_revoke)
        Deaf.joins.append(self)
        self.closed = False
        if len(Deaf.joins) > 1:
            self.join()

    def close(self) -> None:
        super().close()
        self.closed = True


@pytest.fixture(autouse=True)
def deaf(monkeypatch: pytest.MonkeyPatch) -> type[Deaf]:
    monkeypatch.setattr(membership, "Consumer", Deaf)
    monkeypatch.setattr(Deaf, "joins", [])
    return Deaf


def test_who_is_dealt_nothing_joins_anew(kafka_server: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "REJOIN_SECONDS", 2.0)
    with fresh_topics(kafka_server) as url, closing(KafkaEventLog(url)) as log:
        everything = frozenset(range(len(log.end("posts"))))
        assert log.claim("group", "posts") == everything
        *replaced, last = joins = list(Deaf.joins)
        wait_until(lambda: all(one.closed for one in replaced))
        assert replaced
        assert not last.closed
        assert log.claim("group", "posts") == everything
        assert Deaf.joins == joins


def test_what_the_replaced_client_still_hears_moves_nothing(
    kafka_server: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "REJOIN_SECONDS", 2.0)
    monkeypatch.setattr(Deaf, "close", lambda _self: None)
    with fresh_topics(kafka_server) as url, closing(KafkaEventLog(url)) as log:
        member = Member(url.brokers, url.group("group", "posts"), url.topic("posts"))
        everything = frozenset(range(len(log.end("posts"))))
        assert member.owned() == everything
        first, *_, last = Deaf.joins
        places = last.assignment()
        member._on_revoke(first, places)
        member._on_assign(first, places)
        assert member.owned() == everything
        assert first.assignment() == []
        for one in Deaf.joins:
            Consumer.close(one)


def test_a_group_that_never_forms_is_told_in_time(
    kafka_server: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "TIMEOUT_SECONDS", 0.5)
    with fresh_topics(kafka_server) as url:
        member = Member(url.brokers, url.group("group", "posts"), url.topic("posts"))
        with pytest.raises(Unavailable, match="did not form in time"):
            member.owned()
        member.close()
