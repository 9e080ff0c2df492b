"""The server's own secrets, made once and kept with the records; and those that it shares with a hall's webhook."""

import secrets
from typing import Protocol

__all__ = ["SecretStore", "Secrets", "of_webhook"]

SECRET_BYTES = 32


class SecretStore(Protocol):
    """What secrets need of a store. Guarantees: see `base`."""

    async def secret(self, name: str, fresh: bytes) -> bytes:
        """Return the secret of that name; `fresh` becomes it when there is none. All callers get the same one."""

    async def known_secret(self, name: str) -> bytes | None:
        """Return the secret of that name, None when there is none."""

    async def replace_secret(self, name: str, value: bytes) -> None:
        """Make `value` the secret of that name, whether there was one or not."""


class Secrets:
    """The secrets of one store: its own ones, read once each, and those of webhooks, which can be renewed."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self._known: dict[str, bytes] = {}

    async def secret(self, name: str) -> bytes:
        """Return the 32 random bytes called `name`, the same for every process and after every restart.

        Names are the program's own ("fingerprint", "hall_code"), never a caller's words.
        """
        if name not in self._known:
            self._known[name] = await self._store.secret(name, secrets.token_bytes(SECRET_BYTES))
        return self._known[name]

    async def of_webhook(self, hall: str) -> bytes | None:
        """Return what a hall's webhook is signed with, None before `renew_webhook`. Renewed by any server, at once."""
        return await self._store.known_secret(of_webhook(hall))

    async def renew_webhook(self, hall: str, value: bytes) -> None:
        """Sign a hall's webhook with `value` from now on."""
        await self._store.replace_secret(of_webhook(hall), value)


def of_webhook(hall: str) -> str:
    """What the secret is called that a hall shares with its webhook."""
    return f"webhook {hall}"
