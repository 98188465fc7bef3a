"""Migrations of the Postgres clusters: once, however often and by how many they are run."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import psycopg
import pytest

from feed_core.adapters.postgres import migrating
from feed_core.adapters.postgres.clusters import Clusters
from feed_core.adapters.postgres.migrating import migrate, read_migrations
from feed_core.adapters.postgres.shards import Shards
from feed_core.model.errors import Corrupt, InvalidInput, Unavailable

EVERYTHING = 2 * len(read_migrations("cluster")) + 4 * len(read_migrations("shard"))


def test_whoever_comes_second_finds_everything_done(empty_postgres_urls: list[str]) -> None:
    with ThreadPoolExecutor(3) as pool:
        ran = list(pool.map(lambda _: migrate(empty_postgres_urls, 4), range(3)))
    assert sum(ran) == EVERYTHING
    assert migrate(empty_postgres_urls) == 0
    clusters = Clusters(empty_postgres_urls)
    shards = Shards(clusters)
    assert [shards.cluster_of(shard) for shard in shards.all()] == [0, 0, 1, 1]
    clusters.close()


def test_a_new_file_runs_and_a_changed_one_is_refused(
    empty_postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    migrate(empty_postgres_urls, 2)
    folder = copytree(migrating.FOLDER, tmp_path / "postgres")
    monkeypatch.setattr(migrating, "FOLDER", folder)
    (folder / "shard" / "9000_more.sql").write_text(
        "ALTER TABLE media ADD COLUMN alt TEXT; SELECT 1 FROM {schema}.media;"
    )
    assert migrate(empty_postgres_urls) == 2
    (folder / "shard" / "9000_more.sql").write_text("SELECT 2")
    with pytest.raises(Corrupt, match="9000_more was changed"):
        migrate(empty_postgres_urls)


def test_a_file_that_fails_leaves_nothing_of_itself(
    empty_postgres_urls: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = copytree(migrating.FOLDER, tmp_path / "postgres")
    monkeypatch.setattr(migrating, "FOLDER", folder)
    bad = folder / "shard" / "9000_bad.sql"
    bad.write_text("CREATE TABLE half (); SELECT 1 / 0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(empty_postgres_urls, 1)
    bad.unlink()
    migrate(empty_postgres_urls, 1)
    with psycopg.connect(empty_postgres_urls[0]) as connection:
        assert connection.execute(
            "SELECT to_regclass('s000.half'), to_regclass('s000.media')"
        ).fetchone() == (
            None,
            "s000.media",
        )


def test_clusters_in_another_order_are_refused(fresh_postgres_urls: list[str]) -> None:
    with pytest.raises(InvalidInput, match="leads to cluster 1"):
        migrate(fresh_postgres_urls[::-1])
    with pytest.raises(InvalidInput, match="no URL"):
        migrate(fresh_postgres_urls[:1])


def test_a_database_without_tables_says_what_to_run(empty_postgres_urls: list[str]) -> None:
    clusters = Clusters(empty_postgres_urls)
    with pytest.raises(Unavailable, match="migrate"):
        Shards(clusters)
    clusters.close()
