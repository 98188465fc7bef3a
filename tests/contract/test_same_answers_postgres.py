"""Whatever happens, in whatever order and however often repeated: Postgres answers what SQLite answers.

Two of the people lie on one shard, the others apart; so do their media.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_core.adapters.postgres.accounts import PostgresAccounts
from feed_core.adapters.postgres.credentials import PostgresCredentials
from feed_core.adapters.postgres.follows import PostgresFollows
from feed_core.adapters.postgres.idempotency import PostgresIdempotencyKeys
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.media import PostgresMediaCatalog
from feed_core.adapters.postgres.settings_of_users import PostgresSettingsOfUsers
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.accounts import SqliteAccounts
from feed_core.adapters.sqlite.credentials import SqliteCredentials
from feed_core.adapters.sqlite.graph import SqliteGraph
from feed_core.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.adapters.sqlite.settings_of_users import SqliteSettingsOfUsers
from feed_core.model.conflicts.siblings import Sibling
from feed_core.model.credentials import Credential
from feed_core.model.ids import id_of
from feed_core.model.media import Media
from feed_core.model.settings import StoredSettings
from feed_core.model.users import User, UserStats
from feed_core.ports.graph import Ask, Edge, EdgeKind
from tests.contract.histories import BIG, Step, call, checked, histories, play, read
from tests.postgres_shards import SHARDS

pytestmark = pytest.mark.slow(20)

Empty = Callable[..., None]

PEOPLE = (1, 2, 1 + SHARDS, BIG)
PAIRS = list(product(PEOPLE, PEOPLE))
TIMES, LIMITS = range(5), (1, 9)
ids, times, pairs = st.sampled_from(PEOPLE), st.sampled_from(TIMES), st.sampled_from(PAIRS)
some_ids = st.lists(ids, max_size=2)

NAMES = ("ann", "ben", "o'é")
users = st.builds(
    User, user_id=ids, username=st.sampled_from(NAMES), full_name=st.sampled_from(["", "É %s"]),
    bio=st.sampled_from(["", "b"]), created_at=times, updated_at=times, website=st.just("w"),
    avatar_url=st.just("a"), private=st.booleans(), verified=st.booleans(),
    deleted_at=st.sampled_from([0, 0, 1, 2]),
)  # fmt: skip
stats = st.builds(
    UserStats, followers=st.integers(-1, 2), following=st.integers(0, 1), posts=st.integers(0, 1)
)


def sign_up(users: list[User]) -> Step:
    """Adds those who have no account: an id is never made twice."""

    def run(accounts: Any) -> object:
        there = accounts.get_many([user.user_id for user in users])
        return accounts.add([user for user in users if user.user_id not in there])

    run.__qualname__ = f"sign_up({users!r})"
    return run


sign_ups = st.lists(users, max_size=3, unique_by=lambda each: each.user_id).map(sign_up)
ACCOUNT_READS = [
    *(read(name, PEOPLE) for name in ("get_many", "existing", "closed_among", "stats_many")),
    read("ids_of", NAMES),
    *(read("page", after, limit) for after in (0, 1, 9) for limit in LIMITS),
    *(read("deleted_before", at, limit) for at in TIMES[1:4] for limit in LIMITS),
]


@given(
    histories(
        sign_ups,
        sign_ups,
        call("put", st.lists(users, max_size=3)),
        call("put", st.lists(users, max_size=3)),
        call("purge", some_ids),
        call("add_to_stats", st.dictionaries(ids, stats, max_size=3)),
        st.sampled_from(ACCOUNT_READS),
    )
)
@checked
def test_accounts(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    real = PostgresAccounts(shards, OwnerLocks(shards))
    empty = partial(empty_postgres, "users", "user_stats", "directory")
    play(SqliteAccounts, real, empty, [*steps, *ACCOUNT_READS])


EMAILS, PHONES = ("ann@a.example", "o'é@b.example"), ("+441",)
credentials = st.builds(
    Credential, user_id=ids, email=st.sampled_from(["", *EMAILS]), phone=st.sampled_from(["", *PHONES]),
    password_hash=st.sampled_from(["$a$1", "$a$2"]), updated_at=times,
)  # fmt: skip
CREDENTIAL_READS = [read("get_many", PEOPLE), read("ids_of", [*EMAILS, *PHONES, "", "nobody"])]


@given(
    histories(
        call("put", st.lists(credentials, max_size=3)),
        call("put", st.lists(credentials, max_size=3)),
        call("put", st.lists(credentials, max_size=1)),
        call("remove", some_ids),
        st.sampled_from(CREDENTIAL_READS),
    )
)
@checked
def test_credentials(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    real = PostgresCredentials(shards, OwnerLocks(shards))
    empty = partial(empty_postgres, "credentials", "directory")
    play(SqliteCredentials, real, empty, [*steps, *CREDENTIAL_READS])


def of_owner(number: int, owner: int) -> int:
    """The id of somebody's thing, which carries their shard."""
    return id_of(number, owner % SHARDS)


def media(number: int, owner: int, post: int, url: str, at: int) -> Media:
    """A photo or video, of a post of the same person or of none yet."""
    return Media(
        media_id=of_owner(number, owner), user_id=owner, post_id=post and of_owner(post, owner),
        media_type="video", original_url="o/é.mp4", compressed_url=url, width=at, file_size=1 << 33,
        duration_ms=9_000, format="mp4", created_at=at,
    )  # fmt: skip


NUMBERS, POSTS = (1, 2, 9_000), (8_000, 8_001)
MEDIA_IDS = sorted({of_owner(*pair) for pair in product(NUMBERS, PEOPLE)})
POST_IDS = sorted({of_owner(*pair) for pair in product(POSTS, PEOPLE)})
some_media = st.lists(
    st.builds(
        media, st.sampled_from(NUMBERS), st.sampled_from(PEOPLE[1:]), st.sampled_from([0, *POSTS]),
        st.sampled_from(["", "c"]), times,
    ),
    max_size=5,
)  # fmt: skip
PLACES = (0, *MEDIA_IDS[1::4])
MEDIA_READS = [
    read("get_many", [*MEDIA_IDS, 7]),
    read("of_posts", [*POST_IDS, 0, 7]),
    *(
        read("of_user", id_, after, limit)
        for id_ in PEOPLE
        for after in (0, *MEDIA_IDS[1::4])
        for limit in LIMITS
    ),
]


@given(
    histories(
        call("put", some_media),
        call("put", some_media),
        call("remove", st.lists(st.sampled_from(MEDIA_IDS), max_size=3)),
    )
)
@checked
def test_media(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    empty = partial(empty_postgres, "media")
    play(SqliteMediaCatalog, PostgresMediaCatalog(shards), empty, [*steps, *MEDIA_READS])


siblings = st.builds(Sibling, st.sampled_from(["eu", "us"]), st.integers(1, 3), times, st.just(b"\xa2de\x00"))
rows = st.builds(
    StoredSettings, seen=st.dictionaries(st.sampled_from(["eu", "us"]), st.integers(0, 3)),
    fields=st.dictionaries(st.sampled_from(["language", "muted_words"]), st.tuples(siblings)),
)  # fmt: skip


@given(histories(call("put", st.dictionaries(ids, rows, max_size=3)), call("remove", some_ids)))
@checked
def test_settings(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    real = PostgresSettingsOfUsers(shards)
    empty = partial(empty_postgres, "user_settings")
    play(SqliteSettingsOfUsers, real, empty, [*steps, read("get_many", PEOPLE)])


KINDS: tuple[EdgeKind, ...] = ("follow", "block")
kinds, edges = st.sampled_from(KINDS), st.lists(st.builds(Edge, ids, ids, times), max_size=5)
ASKS = [Ask(*each) for each in product(PEOPLE, (0, 1), (2,))]
EDGE_READS = [
    *(read("present", kind, PAIRS) for kind in KINDS),
    *(
        read(name, kind, PEOPLE)
        for name in ("targets", "target_ids", "sources", "source_ids")
        for kind in KINDS
    ),
    *(read(name, kind, ASKS) for name in ("targets_after", "sources_after") for kind in KINDS),
]


@given(
    histories(
        call("add", kinds, edges),
        call("add", kinds, edges),
        call("remove", kinds, st.lists(pairs, max_size=3)),
    )
)
@checked
def test_follows(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    empty = partial(empty_postgres, "follows")
    play(SqliteGraph, PostgresFollows(shards), empty, [*steps, *EDGE_READS])


OWNERS, KEYS, MOMENTS = (1, BIG), ("k", "ключ"), (1, 2, 3)
owners, keys, moments = (st.sampled_from(some) for some in (OWNERS, KEYS, MOMENTS))
answers = st.sampled_from([b"", b"first\x00", b"second"])
KEY_READS = [read("get", *each) for each in product((*OWNERS, 2), KEYS, (0, *MOMENTS))]


@given(
    histories(
        call("put", owners, keys, answers, moments),
        call("put", owners, keys, answers, moments),
        call("get", owners, keys, moments),
        call("get", owners, keys, moments),
        call("forget", moments),
    )
)
@checked
def test_first_answers(shards: Shards, empty_postgres: Empty, steps: list[Step]) -> None:
    real, empty = PostgresIdempotencyKeys(shards), partial(empty_postgres, "idempotency_keys")
    play(SqliteIdempotencyKeys, real, empty, [*steps, *KEY_READS])
