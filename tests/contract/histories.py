"""Random histories, played on two adapters of one port.

A history is a list of writes, whose answers are compared; at its end everything is read from both sides. A
refusal is an answer like another.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.database import Database
from feed_core.model.errors import Conflict

Step = Callable[[Any], object]
"""One call of a port, on whichever adapter."""

BIG = (1 << 63) - 1
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""On real servers it takes minutes."""
checked = settings(
    max_examples=20, deadline=None, phases=WITHOUT_SHRINKING, suppress_health_check=list(HealthCheck)
)


def call(name: str, *arguments: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]) -> Any:
    """Steps that call ``name`` with generated arguments."""
    values = st.tuples(st.tuples(*arguments), st.fixed_dictionaries(named))
    return values.map(lambda each: read(name, *each[0], **each[1]))


def read(name: str, *arguments: Any, **named: Any) -> Step:
    """The step that calls ``name`` with these arguments."""

    def run(adapter: Any) -> object:
        return getattr(adapter, name)(*arguments, **named)

    run.__qualname__ = f"{name}(*{arguments!r}, **{named!r})"
    return run


def in_any_order(name: str, *arguments: Any) -> Step:
    """As ``read`` where the port leaves the order open."""
    step = read(name, *arguments)
    return lambda adapter: Counter(step(adapter))  # type: ignore[call-overload]


def histories(*steps: st.SearchStrategy[Step]) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.one_of(*steps), min_size=3, max_size=14)


def play(
    embedded: Callable[[Database], Any], real: Any, empty: Callable[[], None], steps: Iterable[Step]
) -> None:
    """The same steps on an empty adapter of each kind; every answer must be equal."""
    empty()
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "same.sqlite")) as database:
        adapter = embedded(database)
        for step in steps:
            assert _answer(step, real) == _answer(step, adapter), step


def _answer(step: Step, adapter: Any) -> object:
    """What it answers, or that it refuses: why, each says in its own words."""
    try:
        return step(adapter)
    except Conflict:
        return Conflict
