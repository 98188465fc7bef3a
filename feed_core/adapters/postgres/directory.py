"""Usernames, emails and phones, each with who has it: unique over all shards.

A value's row lies on the value's own shard, so it cannot be written together with the account. It is a
claim, made first, under the lock of its holder; what the holder's own shard says decides whether it stands.
A claim whose holder does not have the value, is not at work and has no unit waiting was cut short by a
crash: whoever wants the value next takes it over. So nothing stays taken for ever.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Literal, NamedTuple
from zlib import crc32

from feed_core.adapters.postgres.keys import by_shard
from feed_core.adapters.postgres.locks import try_alone
from feed_core.adapters.postgres.shards import Answer, ShardCursor, Shards

Kind = Literal["username", "email", "phone"]


class Claim(NamedTuple):
    """``user_id`` has or wants ``value``."""

    kind: Kind
    value: str
    user_id: int


Holds = Callable[[ShardCursor, Claim], bool]
"""Whether the holder's own rows, read with this cursor on the holder's shard, say so too."""


class Directory:
    """Claims over all shards. ``holds`` tells whether a claim stands."""

    def __init__(self, shards: Shards, holds: Holds) -> None:
        self._shards = shards
        self._holds = holds

    def claim(self, claims: Sequence[Claim]) -> list[Claim]:
        """Make the claims that can be made; answers the others, as their holders'.

        The caller holds the lock of every ``user_id``, and releases the claims if it wants all or none.
        """
        held = self._insert(claims)
        taken = []
        for claim in claims:
            holder = held[claim.kind, claim.value]
            if holder != claim.user_id and not self._take_over(claim, holder):
                taken.append(claim._replace(user_id=holder))
        return taken

    def hand_over(self, old: Claim, user_id: int) -> bool:
        """Give a claim to another user; whether it was there. The caller holds both users' locks."""
        give = "UPDATE {s}.directory SET user_id = %s WHERE (kind, value, user_id) = (%s, %s, %s)"
        given = self._shards.write(
            self._shard_of(old.kind, old.value), lambda cursor, _: cursor.execute(give, (user_id, *old))
        )
        return given.rowcount == 1

    def release(self, claims: Collection[Claim]) -> None:
        """Give up claims that the holder's own rows do not have; those that stand stay."""
        for claim in claims:
            if not self._stands(claim):
                self._delete(claim)

    def holders(self, kind: Kind, values: Collection[str]) -> dict[str, int]:
        """Who claims each value, whether the claim stands or not."""
        groups = by_shard(values, lambda value: self._shard_of(kind, value))
        rows = self._shards.read_each(
            "SELECT value, user_id FROM {s}.directory WHERE kind = %s AND value = ANY(%s)",
            {shard: (kind, there) for shard, there in groups.items()},
        )
        return dict(rows)

    def _insert(self, claims: Sequence[Claim]) -> dict[tuple[str, str], int]:
        """Insert what is free; answers who has each (kind, value) then."""
        groups = by_shard(claims, lambda claim: self._shard_of(claim.kind, claim.value))

        def act(cursor: ShardCursor, shard: int) -> Answer:
            there = sorted(groups[shard])
            cursor.executemany("INSERT INTO {s}.directory VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", there)
            return cursor.execute(
                "SELECT kind, value, user_id FROM {s}.directory"
                " WHERE (kind, value) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
                ([claim.kind for claim in there], [claim.value for claim in there]),
            )

        found = self._shards.write_each(groups, act).values()
        return {(kind, value): user_id for answer in found for kind, value, user_id in answer}

    def _stands(self, claim: Claim) -> bool:
        return self._shards.write(
            self._shards.of_user(claim.user_id), lambda cursor, _: self._holds(cursor, claim)
        )

    def _take_over(self, claim: Claim, holder: int) -> bool:
        """Whether the claim was left by a crash, and is ours now. Meanwhile the holder cannot act."""
        old = claim._replace(user_id=holder)

        def act(cursor: ShardCursor, _: int) -> bool:
            if self._holds(cursor, old):
                return False
            if not try_alone(cursor, holder):
                return False
            waiting = cursor.execute(
                "SELECT 1 FROM {s}.unit_owners WHERE owner_id = %s LIMIT 1", (holder,)
            ).fetchone()
            return waiting is None and not self._holds(cursor, old) and self.hand_over(old, claim.user_id)

        return self._shards.write(self._shards.of_user(holder), act)

    def _delete(self, claim: Claim) -> None:
        self._shards.write(
            self._shard_of(claim.kind, claim.value),
            lambda cursor, _: cursor.execute(
                "DELETE FROM {s}.directory WHERE (kind, value, user_id) = (%s, %s, %s)", claim
            ),
        )

    def _shard_of(self, kind: Kind, value: str) -> int:
        return crc32(f"{kind}:{value}".encode()) % self._shards.count
