"""The contract of ``ports.credentials``; an adapter is tested by one line at the end."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from feed_core.adapters.postgres.credentials import PostgresCredentials
from feed_core.adapters.postgres.locks import OwnerLocks
from feed_core.adapters.postgres.shards import Shards
from feed_core.adapters.sqlite.credentials import SqliteCredentials
from feed_core.adapters.sqlite.database import Database
from feed_core.model.credentials import Credential
from feed_core.model.errors import Conflict
from feed_core.ports.credentials import Credentials

ADA = Credential(user_id=1, email="ada@a.example", phone="+441", password_hash="$a$1", updated_at=5)
BEN = Credential(user_id=2, email="ben@b.example", phone="", password_hash="$a$2", updated_at=6)
CAM = Credential(user_id=3, email="", phone="", password_hash="$a$3", updated_at=7)


class CredentialsContract:
    adapter: Callable[[Database], Credentials]

    @pytest.fixture
    def credentials(self, database: Database) -> Credentials:
        return type(self).adapter(database)

    def test_credentials_are_found_by_user_email_and_phone(self, credentials: Credentials) -> None:
        credentials.put([ADA, BEN, CAM, replace(CAM, user_id=4)])
        assert credentials.get_many([1, 2, 9]) == {1: ADA, 2: BEN}
        asked = ["ada@a.example", "+441", "ben@b.example", "", "nobody"]
        assert credentials.ids_of(asked) == {"ada@a.example": 1, "+441": 1, "ben@b.example": 2}

    def test_an_address_belongs_to_one_user_and_a_conflict_stores_none(
        self, credentials: Credentials
    ) -> None:
        credentials.put([ADA])
        for taken in (replace(BEN, email=ADA.email), replace(BEN, phone=ADA.phone)):
            with pytest.raises(Conflict):
                credentials.put([CAM, taken])
        with pytest.raises(Conflict):
            credentials.put([BEN, replace(CAM, email=BEN.email)])
        assert credentials.get_many([1, 2, 3]) == {1: ADA}

    def test_an_address_that_is_given_up_is_free(self, credentials: Credentials) -> None:
        credentials.put([ADA])
        credentials.put([replace(ADA, email="new@a.example", phone="")])
        credentials.put([replace(BEN, email=ADA.email, phone=ADA.phone)])
        assert credentials.ids_of([ADA.email, "new@a.example"]) == {ADA.email: 2, "new@a.example": 1}

    def test_of_one_users_credentials_the_last_counts_and_takes_nothing_of_the_others(
        self, credentials: Credentials
    ) -> None:
        credentials.put([BEN])
        credentials.put([replace(ADA, email=BEN.email), ADA])
        assert credentials.get_many([1, 2]) == {1: ADA, 2: BEN}

    def test_two_users_may_swap_addresses_at_once(self, credentials: Credentials) -> None:
        credentials.put([ADA, BEN])
        credentials.put([replace(ADA, email=BEN.email), replace(BEN, email=ADA.email)])
        assert credentials.ids_of([ADA.email, BEN.email]) == {ADA.email: 2, BEN.email: 1}

    def test_removed_credentials_leave_nothing_taken(self, credentials: Credentials) -> None:
        credentials.put([ADA])
        credentials.remove([1, 9])
        assert credentials.get_many([1]) == {}
        credentials.put([replace(ADA, user_id=7)])


class TestSqliteCredentials(CredentialsContract):
    adapter = SqliteCredentials


class TestPostgresCredentials(CredentialsContract):
    @pytest.fixture
    def credentials(self, shards: Shards) -> Credentials:
        return PostgresCredentials(shards, OwnerLocks(shards))
