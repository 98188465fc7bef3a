"""Who may see whom equals the rule that the module states, read off the edges one pair at a time."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.posts import SqlitePosts
from feed_core.model.errors import Forbidden, NotFound
from feed_core.model.users import User
from feed_core.ports.graph import Edge
from feed_core.services.visibility import NOBODY, Visibility

PEOPLE = range(1, 6)
Pair = tuple[int, int]
pairs = st.sets(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)).filter(lambda p: p[0] != p[1]))
some = st.sets(st.sampled_from(PEOPLE))
asked = st.sets(st.tuples(st.integers(NOBODY, 5), st.sampled_from(PEOPLE)))


@dataclass(frozen=True)
class Society:
    follows: set[Pair]
    blocks: set[Pair]
    private: set[int]
    deleted: set[int]

    def apart(self, reader: int, author: int) -> bool:
        return bool({(reader, author), (author, reader)} & self.blocks)

    def closed(self, reader: int, author: int) -> bool:
        if author in self.deleted:
            return True
        return author in self.private and reader != author and (reader, author) not in self.follows


societies = st.builds(Society, follows=pairs, blocks=pairs, private=some, deleted=some)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with TemporaryDirectory() as folder, closing(Database(Path(folder) / "seen.sqlite")) as database:
        yield database


def settled(database: Database, society: Society) -> Visibility:
    """The rule over stores that hold this society and nothing else."""
    accounts, graph, posts = SqliteAccounts(database), SqliteGraph(database), SqlitePosts(database)
    accounts.purge(PEOPLE)
    accounts.add(
        [
            User(
                user_id=id_, username=f"u{id_}", full_name="", bio="", created_at=1, updated_at=1,
                private=id_ in society.private, deleted_at=int(id_ in society.deleted),
            )
            for id_ in PEOPLE
        ]
    )  # fmt: skip
    everybody = list(product(PEOPLE, PEOPLE))
    for kind, edges in (("follow", society.follows), ("block", society.blocks)):
        graph.remove(kind, everybody)  # type: ignore[arg-type]
        graph.add(kind, [Edge(*pair, 1) for pair in edges])  # type: ignore[arg-type]
    return Visibility(accounts, graph, posts)


@given(society=societies, wanted=asked)
@settings(max_examples=25)
def test_pairs_are_judged_as_if_each_were_asked_alone(
    database: Database, society: Society, wanted: set[Pair]
) -> None:
    seen = settled(database, society)
    apart = {pair for pair in wanted if society.apart(*pair)}
    closed = {pair for pair in wanted if society.closed(*pair)}
    assert seen.apart(wanted) == apart
    assert seen.closed(wanted) == closed
    assert seen.unseen(wanted) == apart | closed
    assert seen.gone({author for _, author in wanted}) == {a for _, a in wanted} & society.deleted


@given(society=societies)
@settings(max_examples=12)
def test_people_are_known_across_privacy_but_not_across_blocks_and_deletion(
    database: Database, society: Society
) -> None:
    seen = settled(database, society)
    for reader in (NOBODY, 1, 2):
        known = {id_ for id_ in PEOPLE if id_ not in society.deleted and not society.apart(reader, id_)}
        assert seen.seen_people(reader, PEOPLE).keys() == known
        pairs = {(reader, id_) for id_ in PEOPLE}
        assert seen.strangers(pairs) == {pair for pair in pairs if pair[1] not in known}


@given(society=societies, reader=st.integers(NOBODY, 5), author=st.sampled_from(PEOPLE))
@settings(max_examples=25)
def test_an_act_on_what_is_not_seen_is_told_no_more_than_that(
    database: Database, society: Society, reader: int, author: int
) -> None:
    seen, act = settled(database, society), [(reader, author, 77)]
    hidden = (author, reader) in society.blocks or society.closed(reader, author)
    for lists in (False, True):
        if hidden:
            with pytest.raises(NotFound, match="no post 77"):
                seen.refuse_unseen(act, lists=lists)
        elif (reader, author) in society.blocks:
            with pytest.raises(Forbidden, match=f"User {reader} has blocked user {author}"):
                seen.refuse_unseen(act, lists=lists)
        else:
            seen.refuse_unseen(act, lists=lists)


@given(society=societies, reader=st.integers(NOBODY, 5), person=st.sampled_from(PEOPLE))
@settings(max_examples=25)
def test_a_profile_is_missing_then_closed_then_open(
    database: Database, society: Society, reader: int, person: int
) -> None:
    seen = settled(database, society)
    if person in society.deleted or society.apart(reader, person):
        expected: type[Exception] | None = NotFound
    else:
        expected = Forbidden if society.closed(reader, person) else None
    with pytest.raises(expected) if expected else nullcontext():
        seen.require_profile(reader, person)


def test_no_pairs_are_no_question(database: Database) -> None:
    seen = settled(database, Society(set(), {(1, 2)}, {1}, {2}))
    assert seen.apart(()) == seen.closed(()) == seen.unseen(()) == set()
    assert seen.seen_people(1, ()) == {}
    seen.refuse_unseen([])
