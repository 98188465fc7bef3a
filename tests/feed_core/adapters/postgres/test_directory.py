"""Names are unique over all shards, and none stays taken by an account that never came to be."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from feed_core.adapters.journal.units import Operation, Unit
from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.postgres.unit_log import PostgresUnitLog
from feed_core.model.errors import Conflict
from feed_core.model.users import User

STEPS = 6
"""More than an ``add`` of two people has transactions."""


class Killed(BaseException):
    """The process is no more."""


def user(id_: int, username: str) -> User:
    return User(user_id=id_, username=username, full_name="", bio="", created_at=1, updated_at=1)


@pytest.mark.parametrize("dies_at", range(STEPS))
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_between_the_writes_leaves_no_name_taken_for_ever(
    postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch, dies_at: int, after: bool
) -> None:
    clusters = Clusters(postgres_urls)
    shards = Shards(clusters)
    write_at: Callable[..., Any] = shards._write_at
    steps = 0

    def mortal(*arguments: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == dies_at + 1 and not after:
            raise Killed
        answer = write_at(*arguments)
        if steps == dies_at + 1:
            raise Killed
        return answer

    monkeypatch.setattr(shards, "_write_at", mortal)
    died = False
    try:
        PostgresAccounts(shards, OwnerLocks(shards)).add([user(1, "ann"), user(6, "ben")])
    except Killed:
        died = True
    clusters.close()
    assert died or dies_at > 1
    clusters = Clusters(postgres_urls)
    shards = Shards(clusters)
    accounts = PostgresAccounts(shards, OwnerLocks(shards))
    for name, id_, other in (("ann", 1, 11), ("ben", 6, 12)):
        if accounts.existing([id_]):
            with pytest.raises(Conflict):
                accounts.add([user(other, name)])
            assert accounts.ids_of([name]) == {name: id_}
        else:
            accounts.add([user(other, name)])
            assert accounts.ids_of([name]) == {name: other}
    clusters.close()


def test_one_of_many_who_want_a_name_at_once_gets_it(shards: Shards) -> None:
    accounts = PostgresAccounts(shards, OwnerLocks(shards))

    def sign_up(id_: int) -> bool:
        try:
            accounts.add([user(id_, "ann"), user(id_ + 1_000, f"other{id_}")])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(sign_up, range(1, 19)))
    assert sum(got) == 1
    winners = [id_ for id_, it in zip(range(1, 19), got, strict=True) if it]
    assert accounts.existing(range(1, 19)) == set(winners)
    assert accounts.existing(range(1_001, 1_019)) == {id_ + 1_000 for id_ in winners}


def test_a_name_is_not_taken_from_someone_at_work_or_with_a_unit_that_waits(
    shards: Shards, postgres_urls: list[str]
) -> None:
    locks = OwnerLocks(shards)
    accounts, log = PostgresAccounts(shards, locks), PostgresUnitLog(shards, locks)
    clusters = Clusters(postgres_urls)
    others = Shards(clusters)
    rival = PostgresAccounts(others, OwnerLocks(others))

    def wants() -> None:
        with pytest.raises(Conflict):
            rival.add([user(2, "ann")])

    with ThreadPoolExecutor(1) as other:
        with locks.session():
            accounts.claim([user(1, "ann")])
            other.submit(wants).result()
            unit = log.commit(Unit(unit_id=7, owners=(1,), operations=(Operation("accounts", "add", b""),)))
        other.submit(wants).result()
        log.finish(unit)
        other.submit(rival.add, [user(2, "ann")]).result()
    assert rival.ids_of(["ann"]) == {"ann": 2}
    clusters.close()
