"""Where Kafka is and how its topics are laid out, as a URL.

``kafka://127.0.0.1:19092,127.0.0.2:19092/loupe?partitions=8&replicas=3``: the brokers, the prefix of every
topic and group, and what a topic is made with when it is absent.
"""

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from feed_core.model.errors import InvalidInput


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
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    numbers = all(value.isdigit() and int(value) > 0 for value in options.values())
    if (
        parts.scheme != "kafka"
        or not parts.netloc
        or not numbers
        or options.keys() - {"partitions", "replicas"}
    ):
        raise InvalidInput(
            f"The Kafka URL {url!r} is not understood.",
            fix="Write kafka://host:port,host:port/prefix?partitions=8&replicas=1.",
        )
    replicas = min(3, parts.netloc.count(",") + 1)
    given = {"replicas": replicas, **{name: int(value) for name, value in options.items()}}
    return KafkaUrl(parts.netloc, parts.path.strip("/") or "loupe", **given)
