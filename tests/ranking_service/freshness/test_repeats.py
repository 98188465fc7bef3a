"""What is taken once is not taken again, for as long as it is remembered."""

from types import SimpleNamespace

from ranking_service.freshness.repeats import Repeats


def events(*ids):
    return [SimpleNamespace(event_id=id_) for id_ in ids]


def ids(found):
    return [event.event_id for event in found]


def test_each_once_in_order_and_the_oldest_are_forgotten():
    repeats = Repeats(3)
    assert ids(repeats.without(events(2, 1, 2))) == [2, 1]
    assert ids(repeats.without(events(2, 1))) == [2, 1], "they were not taken"
    repeats.taken(events(2, 1))
    assert ids(repeats.without(events(1, 3, 2))) == [3]
    repeats.taken(events(3, 4))
    assert ids(repeats.without(events(1, 2, 3, 4))) == [2]
