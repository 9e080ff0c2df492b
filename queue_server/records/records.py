"""All records over one store, as the rest of the server uses them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from queue_server.records.accounts import Accounts
from queue_server.records.base import RecordStore
from queue_server.records.devices import Devices
from queue_server.records.identity import Identities, Identity
from queue_server.records.notes import Kept, Notes, Referenced, Swept
from queue_server.records.outbox import Outbox
from queue_server.records.passwords import Passwords
from queue_server.records.photos import Photos
from queue_server.records.secrets import Secrets
from queue_server.records.sessions import IDLE, LIFE, Sessions

__all__ = ["Records"]


class Records:
    """Accounts, sessions, devices, notes, photos, secrets, outbox, wired so that what is revoked is refused at once.

    `passwords`: None for the usual hashing. `session_life`, `session_idle`: how long a sign-in lasts, and lasts unused.
    `notes_kept`: how long notes are; None for as long as usual.
    """

    def __init__(
        self,
        store: RecordStore,
        *,
        passwords: Passwords | None = None,
        session_life: timedelta = LIFE,
        session_idle: timedelta = IDLE,
        notes_kept: Kept | None = None,
    ) -> None:
        self._store = store
        self._passwords = passwords if passwords is not None else Passwords()
        self._identities = Identities(store, idle=session_idle)
        revoked = self._identities.revoked
        self.accounts = Accounts(store, self._passwords, revoked)
        self.sessions = Sessions(store, revoked, life=session_life, idle=session_idle)
        self.devices = Devices(store, revoked)
        self.notes = Notes(store, notes_kept)
        self.photos = Photos(store)
        self.secrets = Secrets(store)
        self.outbox = Outbox(store)

    @property
    def revision(self) -> int:
        """Grows with every revocation in this process: a reason to ask `dead` now rather than in a few seconds."""
        return self._identities.revision

    async def open(self) -> None:
        """Open the store. Raises NotRecords, RecordsTooNew, RecordsUnavailable."""
        await self._store.open()

    async def close(self) -> None:
        """Store what is still in memory and close the store."""
        try:
            await self._identities.flush()
        finally:
            await self._store.close()
            self._passwords.close()

    async def identify(self, token: str, now: datetime) -> Identity | None:
        """Return whom `token` stands for; None when it is unknown, expired, revoked or disabled."""
        return await self._identities.identify(token, now)

    async def dead(self, token_hashes: Collection[str], now: datetime) -> set[str]:
        """Return which of `token_hashes` no longer stand for anyone. Ask every few seconds, for all open sockets."""
        return await self._identities.dead(token_hashes, now)

    async def flush(self) -> None:
        """Note when tokens were last used. Call about once a minute."""
        await self._identities.flush()

    async def tidy(self, now: datetime, referenced: Referenced) -> Swept:
        """Delete what has expired. Call at start and then about once a minute, on one server of those that share a
        store.

        `referenced`: as for `Notes.sweep`.
        """
        await self.sessions.sweep(now)
        await self.outbox.sweep(now)
        return await self.notes.sweep(now, referenced)

    async def backup(self, target: Path) -> None:
        """Write a consistent copy to the new file `target` while the server works. Raises FileExistsError."""
        await self._store.backup(target)
