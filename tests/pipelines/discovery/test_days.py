"""On how many days somebody engaged: a day begins at midnight."""

import pytest

from feed_core.model.clock import DAY, HOUR
from pipelines.discovery.base_rates import person_rates
from pipelines.discovery.past import past_of
from tests.pipelines.discovery.planted import START, make


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        (0, 12 * HOUR, 1),
        (0, DAY - HOUR, 1),
        (0, 0, 1),
        (12 * HOUR, DAY, 2),
        (DAY - HOUR, DAY, 2),
        (0, DAY, 2),
    ],
)
def test_days_on_which_somebody_engaged_begin_at_midnight(first: int, second: int, days: int) -> None:
    history = make({(0, 0): 1, (0, 1): 1})
    history.at[:] = START + first, START + second
    assert person_rates(past_of(history, START + 9 * DAY))["days"].tolist()[:2] == [days, 0]
