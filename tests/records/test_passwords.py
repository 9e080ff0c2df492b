"""Passwords: strength, making up, hashing."""

import asyncio
import re
import threading
from typing import Any

import pytest
from argon2 import PasswordHasher

from queue_server.records.errors import WeakPassword
from queue_server.records.passwords import Passwords, check_strength, random_password
from tests.records.conftest import cheap_passwords


@pytest.mark.parametrize("password", ["sunny-day", "便民服务中心真好吗", "a b c d e f", "Tr0ub4dor"])
def test_a_fair_password_may_be_chosen(password: str) -> None:
    check_strength(password, "zhang.wei")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "short"),
        ("sunnyda", "short"),
        ("x" * 257, "long"),
        ("88888888", "common"),
        ("abababab", "common"),
        ("12345678", "common"),
        ("１２３４５６７８", "common"),  # full-width
        ("87654321", "common"),
        ("Password", "common"),
        ("qwertyui", "common"),
        ("zhang.wei", "common"),
        ("ZHANG.WEI", "common"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, reason: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        check_strength(password, "zhang.wei")
    assert refusal.value.reason == reason
    assert refusal.value.args == (reason,)  # and not the password, which would end up in a log


def test_a_random_password_can_be_read_out_and_passes_the_rule() -> None:
    passwords = {random_password() for _ in range(1000)}
    assert len(passwords) == 1000
    for password in passwords:
        assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}", password)
        check_strength(password, "user")


async def test_the_right_password_is_right_and_others_are_not() -> None:
    passwords = cheap_passwords()
    stored = await passwords.hash("晴天 sunny")
    assert stored.startswith("$argon2id$")
    assert await passwords.check(stored, "晴天 sunny") == (True, False)
    assert await passwords.check(stored, "晴天 ｓｕｎｎｙ") == (True, False)  # typed with a full-width IME
    for wrong in ("", "晴天 Sunny", "\ud800", "x" * 100_000):
        assert await passwords.check(stored, wrong) == (False, False)
    passwords.close()


async def test_a_hash_with_other_parameters_is_right_but_stale() -> None:
    older, newer = cheap_passwords(), Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stored = await older.hash("sunny-day")
    assert await newer.check(stored, "sunny-day") == (True, True)
    assert await newer.check(stored, "rainy-day") == (False, False)
    older.close()
    newer.close()


class WatchedHasher(PasswordHasher):
    """Counts its work and notes the threads that do it."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.hashed: list[str] = []
        self.verified: list[str] = []

    def hash(self, password: str | bytes, **options: Any) -> str:
        self.hashed.append(threading.current_thread().name)
        return super().hash(password, **options)

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:
        self.verified.append(threading.current_thread().name)
        return super().verify(hash, password)


async def test_an_unknown_user_costs_the_same_work_as_a_known_one() -> None:
    """One verification against a hash with the same parameters each; the dummy is made before either, once."""
    hasher = WatchedHasher()
    passwords = Passwords(hasher)
    stored = await passwords.hash("sunny-day")

    await passwords.check(stored, "rainy-day")
    assert (len(hasher.hashed), len(hasher.verified)) == (2, 1)
    assert await passwords.check(None, "rainy-day") == (False, False)
    assert (len(hasher.hashed), len(hasher.verified)) == (2, 2)
    passwords.close()


async def test_hashing_stays_off_the_event_loop_and_takes_two_threads_at_most() -> None:
    hasher = WatchedHasher()
    passwords = Passwords(hasher)
    stored = await passwords.hash("sunny-day")
    await asyncio.gather(*(passwords.check(stored, "sunny-day") for _ in range(50)))
    threads = set(hasher.hashed + hasher.verified)
    assert len(threads) <= 2
    assert threading.current_thread().name not in threads
    passwords.close()


async def test_the_usual_parameters_are_argon2s_recommended_ones() -> None:
    passwords = Passwords()
    stored = await passwords.hash("sunny-day")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    passwords.close()
