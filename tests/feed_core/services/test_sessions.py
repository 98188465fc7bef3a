"""Sign-up, log-in, sessions, passwords."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from feed_core.core import FeedCore
from feed_core.model.clock import DAY, MINUTE, SetClock
from feed_core.model.errors import Conflict, InvalidInput, LoupeError, TooOften, Unauthenticated, Unavailable
from feed_core.model.users import NewUser, User
from feed_core.services.passwords import Passwords

NOW = 1_770_000_000_000
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
SECRET = "note G and all that"


@dataclass
class World:
    core: FeedCore
    clock: SetClock
    ada: User


def sign_up(core: FeedCore, username: str, email: str = "", phone: str = "", password: str = SECRET) -> User:
    return core.sign_up.run(core.sign_up.prepare(NewUser(username=username), email, phone, password))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SetClock(NOW)
    core = FeedCore.open(tmp_path, clock=clock, passwords=QUICK)
    yield World(core, clock, sign_up(core, "ada", "Ada@Example.org ", "+44 1632 960961"))
    core.close()


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.org", "+441632960961", "+44 (1632) 960-961"])
def test_a_person_logs_in_by_username_email_or_phone(world: World, login: str) -> None:
    token, session = world.core.sessions.log_in(login, SECRET, "phone")
    assert world.core.sessions.of_token(token) == session
    assert (session.user_id, session.device) == (world.ada.user_id, "phone")
    assert token not in str(world.core.stores.sessions.of_user(world.ada.user_id, NOW))


@pytest.mark.parametrize(
    ("login", "password"), [("ada", "wrong"), ("nobody", SECRET), ("a@b.example", ""), ("+", "x")]
)
def test_a_wrong_login_or_password_is_refused_alike(world: World, login: str, password: str) -> None:
    with pytest.raises(Unauthenticated, match="login or the password is wrong"):
        world.core.sessions.log_in(login, password)


def test_a_hash_in_the_store_never_contains_the_password(world: World) -> None:
    stored = world.core.stores.credentials.get_many([world.ada.user_id])[world.ada.user_id]
    assert stored.password_hash.startswith("$argon2id$")
    assert SECRET not in stored.password_hash


def test_sessions_end_by_log_out_by_name_everywhere_and_by_age(world: World) -> None:
    sessions, ada = world.core.sessions, world.ada.user_id
    tokens = [sessions.begin(ada, f"device {n}")[0] for n in range(4)]
    sessions.log_out(tokens[0])
    names = {session.device: name for name, session in sessions.of_user(ada)}
    assert sessions.end(ada, names["device 1"])
    assert not sessions.end(ada, names["device 1"])
    assert [alive(world, token) for token in tokens] == [False, False, True, True]
    sessions.log_out_everywhere(ada)
    assert not any(alive(world, token) for token in tokens)
    late = sessions.begin(ada)[0]
    world.clock.set(NOW + 30 * DAY)
    assert not alive(world, late)


def alive(world: World, token: str) -> bool:
    try:
        world.core.sessions.of_token(token)
    except Unauthenticated:
        return False
    return True


def test_a_new_password_ends_every_session_and_the_old_one(world: World) -> None:
    sessions, ada = world.core.sessions, world.ada.user_id
    token, _ = sessions.log_in("ada", SECRET)
    with pytest.raises(Unauthenticated):
        sessions.change_password(ada, "wrong", "another one")
    assert alive(world, token)
    sessions.change_password(ada, SECRET, "another one")
    assert not alive(world, token)
    with pytest.raises(Unauthenticated):
        sessions.log_in("ada", SECRET)
    assert sessions.log_in("ada", "another one")


def test_of_two_changes_at_once_the_later_one_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions, ada = world.core.sessions, world.ada.user_id
    hash_ = QUICK.hash

    def overtaken(password: str) -> str:
        monkeypatch.undo()
        sessions.change_password(ada, SECRET, "the first of two")
        return hash_(password)

    monkeypatch.setattr(QUICK, "hash", overtaken)
    with pytest.raises(Conflict, match="meanwhile"):
        sessions.change_password(ada, SECRET, "the second of two")
    assert sessions.log_in("ada", "the first of two")


def test_a_password_whose_sessions_cannot_be_ended_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object, user_ids: object) -> None:
        raise Unavailable("Redis is away.")

    monkeypatch.setattr(type(world.core.stores.sessions), "remove_of", away)
    with pytest.raises(Unavailable):
        world.core.sessions.change_password(world.ada.user_id, SECRET, "another one")
    assert world.core.sessions.log_in("ada", SECRET)


def test_ten_tries_then_a_wait(world: World) -> None:
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            world.core.sessions.log_in("ada", "wrong")
    with pytest.raises(TooOften) as refused:
        world.core.sessions.log_in("ada", SECRET)
    assert refused.value.wait_ms == MINUTE
    assert refused.value.status == 429
    world.clock.set(NOW + MINUTE)
    assert world.core.sessions.log_in("ada", SECRET)


def test_the_tries_of_a_phone_number_are_counted_together_however_it_is_written(world: World) -> None:
    for login in (
        "+441632960961",
        "+44 1632 960961",
        "(+44) 1632-960961",
        " +44.1632.960961 ",
        "+44(1632)960961",
    ):
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                world.core.sessions.log_in(login, "wrong")
    with pytest.raises(TooOften):
        world.core.sessions.log_in("+44 (1632) 960961", SECRET)


def test_a_deleted_account_cannot_log_in(world: World) -> None:
    token, _ = world.core.sessions.log_in("ada", SECRET)
    world.core.profiles.delete(world.ada.user_id)
    assert not alive(world, token)
    with pytest.raises(Unauthenticated):
        world.core.sessions.log_in("ada", SECRET)


@pytest.mark.parametrize(
    ("username", "email", "phone", "password", "error"),
    [
        ("ada", "new@b.example", "", SECRET, Conflict),
        ("eve", "ada@example.org", "", SECRET, Conflict),
        ("eve", "ADA@EXAMPLE.ORG", "", SECRET, Conflict),
        ("eve", "", "+44 (1632) 960961", SECRET, Conflict),
        ("eve", "", "", SECRET, InvalidInput),
        ("eve", "no address", "", SECRET, InvalidInput),
        ("eve", "@b.example", "", SECRET, InvalidInput),
        ("eve", "a@b", "", SECRET, InvalidInput),
        ("eve", "a@" + "b" * 300 + ".example", "", SECRET, InvalidInput),
        ("eve", "", "01632 960961", SECRET, InvalidInput),
        ("eve", "", "+12", SECRET, InvalidInput),
        ("eve", "", "+４４１６３２９６０９６１", SECRET, InvalidInput),
        ("eve", "e@b.example", "", "short", InvalidInput),
        ("eve", "e@b.example", "", "x" * 129, InvalidInput),
        ("long.username", "e@b.example", "", "Long.Username", InvalidInput),
        ("Eve!", "e@b.example", "", SECRET, InvalidInput),
    ],
)
def test_a_refused_sign_up_leaves_nothing_taken(
    world: World, username: str, email: str, phone: str, password: str, error: type[LoupeError]
) -> None:
    with pytest.raises(error):
        sign_up(world.core, username, email, phone, password)
    assert len(world.core.accounts.page()) == 1
    assert sign_up(world.core, "eve", "e@b.example", "+4915112345678").username == "eve"


def test_an_old_hash_is_renewed_at_log_in(world: World) -> None:
    from msgspec.structs import replace

    stored = world.core.stores.credentials
    weak = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(SECRET)
    old = stored.get_many([world.ada.user_id])[world.ada.user_id]
    stored.put([replace(old, password_hash=weak)])
    world.core.sessions.log_in("ada", SECRET)
    assert stored.get_many([world.ada.user_id])[world.ada.user_id].password_hash != weak
    assert world.core.sessions.log_in("ada", SECRET)


def test_an_empty_hash_fits_no_password() -> None:
    assert not any(QUICK.fits("", password) for password in ("nobody", "", "None"))
