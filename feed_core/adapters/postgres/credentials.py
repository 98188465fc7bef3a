"""Contact addresses and password hashes in Postgres, with the account; addresses unique by the directory."""

from collections.abc import Collection, Sequence
from typing import Any

from feed_core.adapters.postgres.directory import Claim, Directory, Kind
from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import ShardCursor, Shards
from feed_core.model.credentials import Credential
from feed_core.model.errors import Conflict

_COLUMNS = "user_id, email, phone, password_hash, updated_at"
_PUT = f"INSERT INTO {{s}}.credentials ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s)"
_KINDS: tuple[Kind, ...] = ("email", "phone")


class PostgresCredentials:
    """Implements ``ports.credentials.Credentials``."""

    def __init__(self, shards: Shards, locks: OwnerLocks) -> None:
        self._shards = shards
        self._locks = locks
        self._directory = Directory(shards, _has_address)

    def put(self, credentials: Sequence[Credential]) -> None:
        new = {each.user_id: each for each in credentials}
        with self._locks.session():
            for claim, holder in self._claimed(list(new.values())):
                self._directory.hand_over(claim._replace(user_id=holder), claim.user_id)
            old = self.get_many(new)
            ids = by_shard(new, self._shards.of_user)

            def act(cursor: ShardCursor, shard: int) -> None:
                cursor.execute("DELETE FROM {s}.credentials WHERE user_id = ANY(%s)", (ids[shard],))
                cursor.executemany(_PUT, [_row(new[id_]) for id_ in ids[shard]])

            self._shards.write_each(ids, act)
            self._directory.release([claim for each in old.values() for claim in _claims(each)])

    def claim(self, credentials: Sequence[Credential]) -> None:
        """Take the addresses for these users, whose locks stay until the session ends.

        Raises ``Conflict`` when one is someone else's; then none is taken.
        """
        self._claimed(credentials)

    def _claimed(self, credentials: Sequence[Credential]) -> list[tuple[Claim, int]]:
        """Claims that change hands among ``credentials``, each with its holder; the others are made."""
        claims = {claim[:2]: claim for each in credentials for claim in _claims(each)}
        if len(claims) < sum(len(_claims(each)) for each in credentials):
            raise Conflict("Two people cannot have one email or phone.", fix="Use another.")
        mine = {each.user_id for each in credentials}
        self._locks.take(mine)
        taken = self._directory.claim(list(claims.values()))
        for claim in taken:
            if claim.user_id not in mine:
                self._directory.release(list(claims.values()))
                raise Conflict(f"The {claim.kind} is taken.", fix="Log in, or use another.")
        return [(claims[claim[:2]], claim.user_id) for claim in taken]

    def get_many(self, user_ids: Collection[int]) -> dict[int, Credential]:
        ids = by_shard(user_ids, self._shards.of_user)
        sql = f"SELECT {_COLUMNS} FROM {{s}}.credentials WHERE user_id = ANY(%s)"
        rows = self._shards.read_each(sql, {shard: (there,) for shard, there in ids.items()})
        return {row[0]: _credential(row) for row in rows}

    def ids_of(self, contacts: Collection[str]) -> dict[str, int]:
        wanted = [contact for contact in contacts if contact]
        claimed = [
            Claim(kind, value, user_id)
            for kind in _KINDS
            for value, user_id in self._directory.holders(kind, wanted).items()
        ]
        found = self.get_many({claim.user_id for claim in claimed})
        return {
            claim.value: claim.user_id
            for claim in claimed
            if claim.user_id in found and claim in _claims(found[claim.user_id])
        }

    def remove(self, user_ids: Collection[int]) -> None:
        old = self.get_many(user_ids)
        ids = by_shard(user_ids, self._shards.of_user)
        delete = "DELETE FROM {s}.credentials WHERE user_id = ANY(%s)"
        self._shards.write_each(ids, lambda cursor, shard: cursor.execute(delete, (ids[shard],)))
        self._directory.release([claim for each in old.values() for claim in _claims(each)])


def _claims(each: Credential) -> list[Claim]:
    both: tuple[tuple[Kind, str], ...] = (("email", each.email), ("phone", each.phone))
    return [Claim(kind, value, each.user_id) for kind, value in both if value]


def _has_address(cursor: ShardCursor, claim: Claim) -> bool:
    find = f"SELECT 1 FROM {{s}}.credentials WHERE user_id = %s AND {claim.kind} = %s"
    return cursor.execute(find, (claim.user_id, claim.value)).fetchone() is not None


def _row(each: Credential) -> tuple[int | str, ...]:
    return (each.user_id, each.email, each.phone, each.password_hash, each.updated_at)


def _credential(row: Any) -> Credential:
    return Credential(user_id=row[0], email=row[1], phone=row[2], password_hash=row[3], updated_at=row[4])
