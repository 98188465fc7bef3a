"""A migrated shard has the tables of the design, with their columns, what may be there once, and indexes."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

SHARD = "s000"
TEXT, TRUTH, NUMBER, WHOLE = "character varying", "boolean", "integer", "bigint"
COLUMNS = {
    "users": {
        "user_id": WHOLE, "username": (TEXT, 30), "full_name": (TEXT, 100), "bio": "text",
        "website": (TEXT, 255), "profile_image_url": (TEXT, 255), "verified": TRUTH, "private_account": TRUTH,
        "created_at": WHOLE, "updated_at": WHOLE,
    },
    "credentials": {
        "user_id": WHOLE, "email": (TEXT, 255), "phone": (TEXT, 20), "password_hash": (TEXT, 255),
    },
    "user_stats": {
        "user_id": WHOLE, "followers_count": WHOLE, "following_count": WHOLE, "posts_count": WHOLE,
        "updated_at": WHOLE,
    },
    "media": {
        "media_id": WHOLE, "post_id": WHOLE, "user_id": WHOLE, "media_type": (TEXT, 20),
        "original_url": (TEXT, 2_048), "compressed_url": (TEXT, 2_048), "thumbnail_url": (TEXT, 2_048),
        "width": NUMBER, "height": NUMBER, "file_size": WHOLE, "duration": WHOLE, "format": (TEXT, 10),
        "created_at": WHOLE,
    },
}  # fmt: skip
"""Times are milliseconds, contact addresses lie apart from profiles, and URLs may be longer."""
ONCE = {
    "users": {"user_id", "username"}, "credentials": {"user_id", "email", "phone"},
    "user_stats": {"user_id"}, "media": {"media_id"}, "directory": {"kind, value"},
}  # fmt: skip
INDEXED = {
    "users": {"username", "created_at"}, "credentials": {"email"},
    "user_stats": {"followers_count", "posts_count"}, "media": {"post_id", "user_id", "created_at"},
}  # fmt: skip
FIND_COLUMNS = """
SELECT column_name, data_type, character_maximum_length, is_nullable FROM information_schema.columns
WHERE table_schema = %s AND table_name = %s
"""


@pytest.fixture
def shard(postgres_urls: list[str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_urls[0]) as connection:
        yield connection


def indexes(shard: psycopg.Connection, table: str) -> list[tuple[bool, str]]:
    """Of each index whether it is unique, and its columns."""
    rows = shard.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s", (SHARD, table)
    )
    return [(text.startswith("CREATE UNIQUE"), text.partition("(")[2].partition(")")[0]) for (text,) in rows]


def test_the_tables_have_the_columns_of_the_design_and_each_is_given(shard: psycopg.Connection) -> None:
    for table, columns in COLUMNS.items():
        rows: list[Any] = shard.execute(FIND_COLUMNS, (SHARD, table)).fetchall()
        found = {name: (kind, length) if length else kind for name, kind, length, _ in rows}
        assert found.items() >= columns.items()
        assert {nullable for *_, nullable in rows} == {"NO"}


def test_what_names_one_person_or_thing_is_there_once(shard: psycopg.Connection) -> None:
    for table, columns in ONCE.items():
        assert {found for unique, found in indexes(shard, table) if unique} == columns


def test_what_is_looked_for_begins_an_index(shard: psycopg.Connection) -> None:
    for table, columns in INDEXED.items():
        assert {found.partition(",")[0] for _, found in indexes(shard, table)} >= columns
