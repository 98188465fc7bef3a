"""Makes the topics that are not there yet."""

from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from feed_core.adapters.kafka.errors import TIMEOUT_SECONDS, translated
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.events import TOPICS

_CONFIG = {
    # The lake holds everything; the log must reach back far enough to restore counters (7 days) and to
    # bring back a consumer that was away.
    "retention.ms": str(30 * 24 * 60 * 60 * 1000),
    # What the clock of a replayed history says is no reason to drop or refuse a record.
    "message.timestamp.type": "LogAppendTime",
}


def make_topics(admin: AdminClient, url: KafkaUrl) -> None:
    """Every topic of the model under the URL's prefix; those that are there stay as they are."""
    with translated("list its topics"):
        present = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    absent = [
        NewTopic(url.topic(name), url.partitions, url.replicas, config=_config(url))
        for name in TOPICS
        if url.topic(name) not in present
    ]
    if absent:
        for name, future in admin.create_topics(absent, operation_timeout=TIMEOUT_SECONDS).items():
            _settle(name, future)


def _config(url: KafkaUrl) -> dict[str, str]:
    """With three replicas a write is acknowledged by two, so that losing one broker loses nothing."""
    return {**_CONFIG, "min.insync.replicas": "2" if url.replicas > 2 else "1"}


def _settle(name: str, future: "Future[None]") -> None:
    with translated(f"make the topic {name}"):
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
