"""Readers that have nothing to read ask for nothing."""

from contextlib import closing

from feed_core.adapters.kafka.event_log import KafkaEventLog
from feed_core.adapters.kafka.reading import Readers
from feed_core.adapters.kafka.url import KafkaUrl
from pipelines.stack.layout import Stack
from tests.servers import fresh_topics


def write(url: KafkaUrl, count: int) -> dict[int, tuple[int, int]]:
    """Where the topic's partitions begin and end, after ``count`` more posts."""
    with closing(KafkaEventLog(url)) as log:
        log.append("posts", [(at, b"%d" % at) for at in range(count)])
        return {at: (0, end) for at, end in enumerate(log.end("posts"))}


def test_who_has_read_to_the_end_rests_and_who_has_not_goes_on_where_it_stands(kafka_server: Stack) -> None:
    with fresh_topics(kafka_server) as url, closing(Readers(url.brokers)) as readers:
        spans, topic = write(url, 40), url.topic("posts")
        some = readers.read(topic, spans, 10)
        (reader,) = readers._idle[topic]
        assert len(some) == 10
        assert reader.stands
        assert {place.partition for place in reader._consumer.assignment()} == reader.stands.keys()
        rest = readers.read(topic, {at: (reader.stands[at], spans[at][1]) for at in spans}, 99)
        assert sorted(int(record.body) for record in some + rest) == list(range(40))
        assert readers._idle[topic] == [reader]
        assert (reader.stands, reader._consumer.assignment()) == ({}, [])
