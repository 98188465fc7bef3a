"""What a collected write answers is what the store would have answered, and the store ends the same."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.journal.journal import Journal
from feed_core.adapters.journal.ports import JournaledPort
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.decisions import SqliteDecisions
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.reactions import SqliteReactions
from feed_core.adapters.sqlite.stories import SqliteStories
from feed_core.ports.graph import Edge
from feed_core.ports.reactions import Reaction, ReactionKind
from tests.contract.test_stories import NOW, story, view
from tests.feed_core.adapters.journal.memory_log import MemoryLog

Ports = dict[str, Any]
Step = Callable[[Ports], object]
ids = st.integers(1, 3)
pairs = st.lists(st.tuples(ids, ids), min_size=1, max_size=4)
edges, kinds = st.sampled_from(["follow", "block"]), st.sampled_from(["like", "save"])
steps = st.one_of(
    st.builds(
        lambda kind, some: lambda ports: ports["graph"].add(kind, [Edge(*pair, 1) for pair in some]),
        edges, pairs.map(lambda some: [(a, b + 3) for a, b in some]),
    ),
    st.builds(
        lambda kind, some: lambda ports: ports["graph"].remove(kind, some),
        edges, pairs.map(lambda some: [(a, b + 3) for a, b in some]),
    ),
    st.builds(
        lambda kind, some: lambda ports: ports["reactions"].add(kind, [Reaction(*pair, 1) for pair in some]),
        kinds, pairs,
    ),
    st.builds(lambda kind, some: lambda ports: ports["reactions"].remove(kind, some), kinds, pairs),
    st.builds(lambda some: lambda ports: ports["decisions"].add(some), st.lists(ids, min_size=1, max_size=4)),
    st.builds(lambda some: lambda ports: ports["stories"].add_views([view(*pair) for pair in some]), pairs),
)  # fmt: skip


class Read(NamedTuple):
    """A question inside the unit: it sees the stores as they were before, and so is not compared."""

    kind: ReactionKind
    pairs: list[tuple[int, int]]

    def __call__(self, ports: Ports) -> None:
        ports["reactions"].present(self.kind, self.pairs)


reads = st.builds(Read, kinds, pairs)


@contextmanager
def opened(folder: Path) -> Iterator[Ports]:
    database = Database(folder / "feed.sqlite")
    yield {
        "decisions": SqliteDecisions(database),
        "graph": SqliteGraph(database),
        "reactions": SqliteReactions(database),
        "stories": SqliteStories(database),
    }
    database.close()


def everything(ports: Ports) -> list[Any]:
    return [
        [ports["graph"].targets(kind, range(1, 7)) for kind in ("follow", "block")],
        [ports["reactions"].by_user(kind, id_, 99) for kind in ("like", "save") for id_ in range(1, 4)],
        ports["decisions"].logged([1, 2, 3]),
        [ports["stories"].views(id_, 0, 99, NOW) for id_ in range(1, 4)],
    ]


@given(before=st.lists(steps, max_size=4), inside=st.lists(st.one_of(steps, reads), max_size=14))
@settings(max_examples=12)
def test_a_unit_answers_as_the_stores_do_and_leaves_them_alike(
    before: list[Step], inside: list[Step]
) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        for name in ("direct", "units"):
            (folder / name).mkdir()
        direct, plain = (stack.enter_context(opened(folder / name)) for name in ("direct", "units"))
        for ports in (direct, plain):
            ports["stories"].put([story(id_, user_id=1) for id_ in (1, 2, 3)])
            for step in before:
                step(ports)
        journal = Journal(MemoryLog(), plain)
        stack.callback(journal.close)
        units = {name: JournaledPort(name, store, journal) for name, store in plain.items()}
        stood = everything(plain)
        with journal.transaction((1, 2, 3)):
            answers = [step(units) for step in inside]
            assert everything(plain) == stood, "nothing is done before it is certain"
        assert answers == [step(direct) for step in inside]
        assert everything(plain) == everything(direct)
