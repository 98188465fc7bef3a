"""The contract of ``ports.media``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from feed_core.adapters.postgres.media import PostgresMediaCatalog
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.database import Database
from feed_core.adapters.sqlite.media import SqliteMediaCatalog
from feed_core.model.media import Media
from feed_core.ports.media import MediaCatalog

ADA, BEN = 200, 400
"""Owners on shard 0, which ids this small were made on."""


def media(id_: int, user_id: int = ADA, post_id: int = 0) -> Media:
    return Media(
        media_id=id_, user_id=user_id, post_id=post_id, media_type="video", original_url="o/é.mp4",
        thumbnail_url="t.jpg", width=1080, height=1350, file_size=1 << 33, duration_ms=9_000, format="mp4",
        created_at=5,
    )  # fmt: skip


class MediaContract:
    adapter: Callable[[Database], MediaCatalog]

    @pytest.fixture
    def catalog(self, database: Database) -> MediaCatalog:
        return type(self).adapter(database)

    def test_media_come_back_by_id_post_and_owner(self, catalog: MediaCatalog) -> None:
        catalog.put([media(3, post_id=7), media(2, post_id=7), media(4), media(5, user_id=BEN)])
        assert catalog.get_many([3, 99]) == {3: media(3, post_id=7)}
        assert catalog.of_posts([7, 8, 0]) == {7: [media(2, post_id=7), media(3, post_id=7)]}
        assert [each.media_id for each in catalog.of_user(ADA, 0, 2)] == [2, 3]
        assert [each.media_id for each in catalog.of_user(ADA, 3, 9)] == [4]

    def test_the_last_put_stays_until_it_is_removed(self, catalog: MediaCatalog) -> None:
        catalog.put([media(3)])
        catalog.put([replace(media(3), compressed_url="c.mp4", post_id=7)])
        assert catalog.get_many([3])[3].compressed_url == "c.mp4"
        catalog.remove([3, 99])
        assert (catalog.get_many([3]), catalog.of_posts([7])) == ({}, {})


class TestSqliteMediaCatalog(MediaContract):
    adapter = SqliteMediaCatalog


class TestPostgresMediaCatalog(MediaContract):
    @pytest.fixture
    def catalog(self, shards: Shards) -> MediaCatalog:
        return PostgresMediaCatalog(shards)
