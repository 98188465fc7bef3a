"""Makes the topics that are not there yet, and says how long each keeps its records.

None is compacted: records are keyed by user, so that a user's order holds, and a key's last record does not
replace the ones before it. What is older lies in the lake, which a log has to be drained into in time.
"""

from collections.abc import Mapping
from concurrent.futures import Future

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from feed_core.adapters.kafka.errors import TIMEOUT_SECONDS, translated
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.clock import DAY
from feed_core.model.events import TOPICS, Topic

RETENTION_MS: Mapping[Topic, int] = {
    # A ranking service that starts counts anew from the log: the longest window, 28 days, before the newest
    # row that it finds, so it may have been away for a week.
    "engagement": 35 * DAY,
    "graph": 35 * DAY,
    # A new consumer, say a search index, begins with the posts of a timeline's horizon; older ones are read
    # from their store.
    "posts": 30 * DAY,
    # Counters and notifications alone follow them; a worker that was away for longer is put right by the
    # repair, and by then nobody wants the notification.
    "comments": 14 * DAY,
    # The largest records, with every feature value: only the lake takes them, within the hour, and the
    # memory of what was served, which is kept for as long.
    "decisions": 14 * DAY,
    "media": 14 * DAY,
    # Waits for a person, who mends the cause and replays.
    "dead": 90 * DAY,
}
"""How long a record of each topic stays at least, since it was appended."""
_CONFIG = {
    # What the clock of a replayed history says is no reason to drop or refuse a record.
    "message.timestamp.type": "LogAppendTime",
}


def make_topics(admin: AdminClient, url: KafkaUrl) -> None:
    """Every topic of the model under the URL's prefix; those that are there stay as they are."""
    with translated("list its topics"):
        present = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    absent = [
        NewTopic(url.topic(name), url.partitions, url.replicas, config=_config(url, name))
        for name in TOPICS
        if url.topic(name) not in present
    ]
    if absent:
        for name, future in admin.create_topics(absent, operation_timeout=TIMEOUT_SECONDS).items():
            _settle(name, future)


def _config(url: KafkaUrl, name: Topic) -> dict[str, str]:
    """With three replicas a write is acknowledged by two, so that losing one broker loses nothing."""
    return {
        **_CONFIG,
        "retention.ms": str(RETENTION_MS[name]),
        "min.insync.replicas": "2" if url.replicas > 2 else "1",
    }


def _settle(name: str, future: "Future[None]") -> None:
    with translated(f"make the topic {name}"):
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
