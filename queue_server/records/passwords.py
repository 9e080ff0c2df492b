"""Passwords: what may be chosen, what is made up, and argon2 in threads of its own."""

import asyncio
import secrets
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from queue_server.records.errors import WeakPassword

__all__ = ["PasswordCheck", "Passwords", "check_strength", "random_password", "readable_password"]

SHORTEST = 8
LONGEST = 256  # characters; far beyond any passphrase, and keeps a hostile body from being normalised at length
FEWEST_DISTINCT = 4
COMMON = (  # a password that is found inside one of these is refused
    "01234567890",
    "09876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv",
    "password123456",
    "admin123456",
    "aa123456789",
    "abc123456789",
)

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like another character on paper
GROUPS, GROUP_LENGTH = 3, 4  # 31^12 ≈ 2^59: out of reach behind argon2 and the sign-in throttle

HASHING_THREADS = (
    2  # each hash takes 64 MiB while it runs; a small PC must not run out because ten clerks arrive at 8:00
)


def normalised(password: str) -> str:
    """Return `password` as it is hashed: NFKC, so that full-width letters typed with an IME mean the same."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, user: str) -> None:
    """Refuse a password that a person chose badly; `user` is the folded login name that it must differ from.

    Raises WeakPassword with reason "short" (under 8 characters), "long" (over 256) or "common" (the login name, a run
    along the keyboard, fewer than four different characters).
    """
    if len(password) > LONGEST:
        raise WeakPassword("long")
    plain = normalised(password).casefold()
    if len(plain) < SHORTEST:
        raise WeakPassword("short")
    if plain == user or len(set(plain)) < FEWEST_DISTINCT or any(plain in run for run in COMMON):
        raise WeakPassword("common")


def random_password() -> str:
    """Return a fresh password that can be read out and typed: three groups of four, such as `hq7m-x3tk-9wpa`."""
    return readable_password(secrets.token_bytes(16))


def readable_password(seed: bytes) -> str:
    """The password that 16 random bytes stand for, in the form of `random_password`."""
    number, characters = int.from_bytes(seed), ""
    for _ in range(GROUPS * GROUP_LENGTH):
        number, place = divmod(number, len(READABLE))
        characters += READABLE[place]
    return "-".join(characters[n : n + GROUP_LENGTH] for n in range(0, len(characters), GROUP_LENGTH))


class PasswordCheck(NamedTuple):
    """The outcome of one check."""

    right: bool
    stale: bool  # right, but hashed with older parameters: hash it anew


class Passwords:
    """Hashes and checks passwords off the event loop, at most two at a time.

    `hasher`: argon2's parameters; None for argon2-cffi's (RFC 9106, low memory). Changing them is safe: old hashes are
    still understood and reported as stale.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher if hasher is not None else PasswordHasher()
        self._threads = ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="argon2")
        self._dummy: str | None = None
        self._making_dummy = threading.Lock()

    async def hash(self, password: str) -> str:
        """Return the argon2 hash of `password`, with its parameters and salt in it."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hash, password)

    async def check(self, password_hash: str | None, password: str) -> PasswordCheck:
        """Compare `password` with a stored hash.

        `password_hash`: None when there is no such user. The same work is done then, against a hash that nothing
        matches, so that the time taken does not tell who has an account.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._check, password_hash, password)

    def close(self) -> None:
        """End the threads, waiting for the hash in hand. Nothing can be hashed afterwards."""
        self._threads.shutdown(wait=True)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(normalised(password).encode("utf-8", "surrogatepass"))

    def _check(self, password_hash: str | None, password: str) -> PasswordCheck:
        # Made for known and unknown users alike, or the first unknown one would take visibly longer.
        with self._making_dummy:
            if self._dummy is None:
                self._dummy = self._hash(random_password())
        against = self._dummy if password_hash is None else password_hash
        tried = normalised(password[: LONGEST + 1]).encode("utf-8", "surrogatepass")
        try:
            self._hasher.verify(against, tried)
        except VerifyMismatchError:
            return PasswordCheck(right=False, stale=False)
        known = password_hash is not None  # whoever guesses the dummy is still nobody
        return PasswordCheck(right=known, stale=known and self._hasher.check_needs_rehash(against))
