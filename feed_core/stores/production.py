"""The stores on the servers of the production profile, whose drivers embedded lacks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from feed_core.model.events import TOPICS, Topic
from feed_core.model.servers import Servers
from feed_core.ports.event_log import EventLog
from feed_core.stores.stores import Stores


class KafkaTopics(NamedTuple):
    """Where the event log is, for who reads it with a client of its own: the brokers as host:port, separated
    by commas, and what each topic is called there."""

    brokers: str
    names: Mapping[Topic, str]


def kafka_topics(servers: Servers) -> KafkaTopics:
    """Those of ``servers``. Raises ``InvalidInput`` for a Kafka URL that is none."""
    from feed_core.adapters.kafka.url import read_url

    url = read_url(servers.kafka_url)
    return KafkaTopics(url.brokers, {name: url.topic(name) for name in TOPICS})


def open_production(servers: Servers) -> Stores:
    """The stores on the servers of the production profile.

    Raises ``Unavailable`` when one does not answer or holds no tables yet.
    """
    from feed_core.adapters.production import open_production as connect  # drivers that embedded lacks

    opened = connect(servers)
    return Stores(
        transactions=opened.journal,
        ids=opened.ids,
        close=opened.close,
        remote=True,
        recover=opened.journal.recover,
        counters=opened.counters,
        home=opened.home,
        invalidation=opened.invalidation,
        mend=opened.mend,
        **opened.ports,
    )


@contextmanager
def open_events(servers: Servers) -> Iterator[EventLog]:
    """The event log on ``servers`` alone, for who reads nothing else. Raises ``Unavailable``."""
    from feed_core.adapters.kafka.event_log import KafkaEventLog
    from feed_core.adapters.kafka.url import read_url

    log = KafkaEventLog(read_url(servers.kafka_url))
    try:
        yield log
    finally:
        log.close()


def empty_production(servers: Servers) -> None:
    """Remove everything that the stores on ``servers`` hold, for good. Nothing may be using them.

    Raises ``Unavailable``; what was cut short is finished by repeating it.
    """
    from feed_core.adapters.emptying import empty_production as empty

    empty(servers)
