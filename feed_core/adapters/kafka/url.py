"""Where Kafka is and how its topics are laid out, as a URL.

``kafka://127.0.0.1:19092,127.0.0.2:19092/loupe?partitions=8&replicas=3``: the brokers, the prefix of every
topic and group, and what a topic is made with when it is absent.
"""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl

from feed_core.addresses import addresses, split_url
from feed_core.model.errors import InvalidInput

_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""What the name of a topic is made of."""


class KafkaUrl(NamedTuple):
    """Parts of a Kafka URL. ``brokers`` is a comma-separated list of host:port."""

    brokers: str
    prefix: str
    partitions: int = 8
    replicas: int = 1

    def topic(self, name: str) -> str:
        """The name in Kafka of one of our topics."""
        return f"{self.prefix}.{name}"

    def group(self, group: str, topic: str) -> str:
        """The name in Kafka of a group: one for each topic it reads, so that they are dealt out apart."""
        return f"{self.prefix}.{group}.{topic}"


def read_url(url: str) -> KafkaUrl:
    """Without a path the prefix is ``loupe``; without ``replicas`` there is one a broker, three at most.

    Raises ``InvalidInput`` for what is no Kafka URL.
    """
    try:
        return _read(url)
    except ValueError as error:
        raise InvalidInput(
            f"The Kafka URL {url!r} is not understood: {error}.",
            fix="Write kafka://host:port,host:port/prefix?partitions=8&replicas=1.",
        ) from error


def _read(url: str) -> KafkaUrl:
    parts = split_url(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    prefix = parts.path.strip("/") or "loupe"
    if parts.scheme != "kafka" or options.keys() - {"partitions", "replicas"}:
        raise ValueError("the scheme is kafka, the options are partitions and replicas")
    if not all(value.isdecimal() and int(value) > 0 for value in options.values()):
        raise ValueError("the options are whole numbers from 1 on")
    if not _NAME.fullmatch(prefix):
        raise ValueError("the prefix has letters, digits and ._-")
    replicas = min(3, len(addresses(parts.netloc)))
    given = {"replicas": replicas, **{name: int(value) for name, value in options.items()}}
    return KafkaUrl(parts.netloc, prefix, **given)
