"""The contract of a record store, and the guarantees that every implementation gives.

The journal never forgets; records can. The operations stand beside the values they are about (`accounts`, `sessions`,
`devices`, `identity`, `notes`, `outbox`, `photos`, `secrets`), and so does all policy (hashing, expiry, caching): an
implementation only keeps what it is given.

1. Whole: a method happens entirely or not at all.
2. Durable: a write that returned survives `kill -9` and power loss; in Redis as far as its persistence goes. Only
   `touch` may lose its last minute.
3. Current: a read sees every write that returned before it was asked for, also one by another process.
4. Unique: login names, ids (also of messages), references, token hashes, secret names are, however many write at once.
5. Forgetful: what was deleted or swept cannot be read again, and after `sweep_notes` its bytes are out of the store's
   own files. Redis has them in its log until it writes that anew, which is the operator's to see to, as backups are.
6. Honest: a failing store raises RecordsUnavailable; the write may have happened. A caller that is cancelled while it
   waits does not undo its write either.

Times are aware UTC and kept to the millisecond; a naive one is a ValueError. Secrets come in hashed (passwords by
argon2, tokens by SHA-256); only secrets are kept as they are given, so the store is for the server's own user alone.
Methods may be called at once from many tasks of the loop that called `open`.
"""

from pathlib import Path
from typing import Protocol

from queue_server.records.accounts import AccountStore
from queue_server.records.devices import DeviceStore
from queue_server.records.identity import TokenStore
from queue_server.records.notes import NoteStore
from queue_server.records.outbox import OutboxStore
from queue_server.records.photos import PhotoStore
from queue_server.records.secrets import SecretStore
from queue_server.records.sessions import SessionStore
from queue_server.records.whole import WholeStore

__all__ = ["RecordStore"]


class RecordStore(
    AccountStore,
    SessionStore,
    DeviceStore,
    TokenStore,
    NoteStore,
    PhotoStore,
    SecretStore,
    OutboxStore,
    WholeStore,
    Protocol,
):
    """One store for all records."""

    async def open(self) -> None:
        """Make the store ready, creating it when it does not exist.

        Raises NotRecords, RecordsTooNew, RecordsUnavailable.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of the files. May be repeated."""

    async def backup(self, target: Path) -> None:
        """Write a consistent copy to the new file `target`, readable by its owner alone, while others go on working.

        The secrets are not in it, nor their bytes: with them, and the journal, its reader could work out the tokens of
        devices, and try passwords without argon2. Whoever opens the copy draws new ones.
        Raises FileExistsError rather than overwrite, and leaves no half-written file behind. Raises NoBackup where the
        store has no file of its own to copy.
        """
