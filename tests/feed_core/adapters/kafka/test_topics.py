"""Topics are made with what the model says of them."""

from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from features.definitions import MAX_WINDOW_MS
from feed_core.adapters.kafka.errors import patiently
from feed_core.adapters.kafka.topics import RETENTION_MS, make_topics
from feed_core.adapters.kafka.url import KafkaUrl
from feed_core.model.clock import DAY
from feed_core.model.events import TOPICS
from feed_core.services.timelines import HORIZON_MS
from pipelines.stack.layout import Stack
from ranking_service.memory.served import REMEMBERED_MS
from tests.servers import fresh_topics


@pytest.fixture
def url(kafka_server: Stack) -> Iterator[KafkaUrl]:
    with fresh_topics(kafka_server) as url:
        yield url


def test_a_topic_keeps_its_records_as_long_as_the_model_says_and_is_never_compacted(url: KafkaUrl) -> None:
    admin = AdminClient({"bootstrap.servers": url.brokers})
    make_topics(admin, url)
    make_topics(admin, url)  # what is there stays as it is
    for name in TOPICS:
        resource = ConfigResource(ResourceType.TOPIC, url.topic(name))
        config = patiently(
            f"describe {name}",  # which its broker may not know yet
            lambda asked=resource: admin.describe_configs([asked])[asked].result(30),
        )
        assert config["retention.ms"].value == str(RETENTION_MS[name])
        assert config["cleanup.policy"].value == "delete"
        assert config["message.timestamp.type"].value == "LogAppendTime"


def test_records_stay_longer_than_whoever_reads_them_reaches_back() -> None:
    assert set(RETENTION_MS) == set(TOPICS)
    assert RETENTION_MS["engagement"] == RETENTION_MS["graph"] >= MAX_WINDOW_MS + 7 * DAY
    assert RETENTION_MS["posts"] >= HORIZON_MS
    assert RETENTION_MS["decisions"] >= REMEMBERED_MS
    assert min(RETENTION_MS.values()) >= 14 * DAY
