"""Where Kafka is, told by a URL; how its topics and groups are called; when a write is acknowledged."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.kafka.offsets import groups
from feed_core.adapters.kafka.url import KafkaUrl, read_url
from feed_core.adapters.kafka.writing import Receipts
from feed_core.model.errors import InvalidInput
from feed_core.model.events import TOPICS

LOST, LATE = KafkaError(KafkaError._MSG_TIMED_OUT), KafkaError(KafkaError.REQUEST_TIMED_OUT)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("kafka://a:1", KafkaUrl("a:1", "loupe", 8, 1)),
        ("kafka://a:1/", KafkaUrl("a:1", "loupe", 8, 1)),
        ("kafka://a:1,b:2/own", KafkaUrl("a:1,b:2", "own", 8, 2)),
        ("kafka://a,b,c,d,e/own", KafkaUrl("a,b,c,d,e", "own", 8, 3)),
        ("kafka://a,b,c/own?partitions=3&replicas=1", KafkaUrl("a,b,c", "own", 3, 1)),
        ("kafka://[::1]:1,b/own.1_a-b", KafkaUrl("[::1]:1,b", "own.1_a-b", 8, 2)),
        ("kafka://a/own?replicas=5", KafkaUrl("a", "own", 8, 5)),
    ],
)
def test_a_url_says_brokers_prefix_and_layout(url: str, told: KafkaUrl) -> None:
    assert read_url(url) == told


@pytest.mark.parametrize(
    "url",
    [
        "", "a:1", "http://a:1/own", "kafka:///own", "kafka://", "kafka://a?partitions=0", "kafka://a?partitions=-1",
        "kafka://a?partitions=1.5", "kafka://a?replicas=x", "kafka://a?replicas=%20", "kafka://a?color=1",
        "kafka://a?partitions=8&more=1", "kafka://a?partitions=²", "kafka://a?partitions=", "kafka://a?replicas",
        "kafka://[::1/own", "kafka://,/own", "kafka://a,/own", "kafka://:9092/own", "kafka://a:x/own",
        "kafka://a:65536/own", "kafka://name:word@a/own", "kafka://a/own/more", "kafka://a/o%20n",
    ],
)  # fmt: skip
def test_what_is_no_url_of_kafka_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidInput, match="not understood") as caught:
        read_url(url)
    assert "kafka://host:port,host:port/prefix" in caught.value.fix


def test_topics_and_groups_of_two_prefixes_and_of_two_topics_are_apart() -> None:
    one, other = KafkaUrl("a", "one"), KafkaUrl("a", "other")
    names = [url.topic(topic) for url in (one, other) for topic in TOPICS]
    names += [url.group(group, topic) for url in (one, other) for topic in TOPICS for group in ("g", "h")]
    assert len(set(names)) == len(names)


names = st.sampled_from(["counters", "fan-out", "a.b", "x"])


@settings(max_examples=40)
@given(st.sets(st.tuples(st.sampled_from(["loupe", "other"]), names, st.sampled_from(["posts", "graph"]))))
def test_the_groups_of_a_topic_are_found_by_their_names(made: set[tuple[str, str, str]]) -> None:
    known = [KafkaUrl("a", prefix).group(group, topic) for prefix, group, topic in made]
    answer = SimpleNamespace(
        valid=[SimpleNamespace(group_id=each) for each in [*known, "loupe-reader", "loupe.posts"]]
    )
    admin: Any = SimpleNamespace(list_consumer_groups=lambda **_: SimpleNamespace(result=lambda *_: answer))
    expected = sorted(group for prefix, group, topic in made if (prefix, topic) == ("loupe", "posts"))
    assert groups(admin, "loupe.", ".posts") == expected


@settings(max_examples=40)
@given(st.lists(st.sampled_from([None, LOST, LATE]), min_size=1, max_size=6))
def test_a_write_is_acknowledged_with_its_last_record_by_the_first_error(
    said: list[KafkaError | None],
) -> None:
    told: list[KafkaError] = []
    arrived: list[int] = []
    receipts = Receipts(len(said), lambda: arrived.append(len(told)))
    receipts.failed = told.append
    for at, error in enumerate(said):
        assert not receipts._done.is_set(), at
        assert not arrived
        receipts.take(error, None)  # type: ignore[arg-type]
    first = next((error for error in said if error is not None), None)
    assert receipts.wait() is first
    assert told == ([] if first is None else [first]), "the writer hears of it once"
    assert arrived == [len(told)], "and whoever wants to know that it is over, after that"


def test_whoever_waits_is_woken_by_the_last_record() -> None:
    receipts, woken = Receipts(2), threading.Event()

    def wait() -> None:
        assert receipts.wait() is None
        woken.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    for _ in range(2):
        assert not woken.is_set()
        receipts.take(None, None)  # type: ignore[arg-type]
    waiting.join(20)
    assert woken.is_set()
