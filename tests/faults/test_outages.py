"""How long a kill was felt."""

from tests.faults.client import Wait
from tests.faults.outages import Killed, outages


def test_the_longest_wait_that_touches_the_kill_counts_from_the_kill_on() -> None:
    killed = [Killed("kafka", 10.0, 15.0)]
    waits = [
        Wait("write", 1.0, 9.0), Wait("write", 9.5, 14.0), Wait("write", 14.0, 16.5),
        Wait("read", 11.0, 11.1), Wait("read", 40.0, 60.0),
    ]  # fmt: skip
    (outage,) = outages(killed, waits)
    assert (outage.name, outage.away, outage.write) == ("kafka", 5.0, 4.0)
    assert round(outage.read, 3) == 0.1


def test_a_kill_that_nobody_felt_lasts_no_time() -> None:
    assert outages([Killed("api", 1.0, 2.0)], [])[0][1:] == (1.0, 0.0, 0.0)
