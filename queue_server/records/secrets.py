"""The server's own secrets, made once and kept with the records."""

import secrets
from typing import Protocol

__all__ = ["SecretStore", "Secrets"]

SECRET_BYTES = 32


class SecretStore(Protocol):
    """What secrets need of a store. Guarantees: see `base`."""

    async def secret(self, name: str, fresh: bytes) -> bytes:
        """Return the secret of that name; `fresh` becomes it when there is none. All callers get the same one."""


class Secrets:
    """The secrets of one store, read once each."""

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
