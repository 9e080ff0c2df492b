"""Sessions: a person who has signed in, for a while."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from queue_server.records.tokens import hash_token, new_token

__all__ = ["IDLE", "LIFE", "Session", "SessionStore", "Sessions"]

LIFE = timedelta(hours=12)  # longer than any working day, shorter than two
IDLE = timedelta(hours=2)  # longer than lunch; an abandoned desk does not stay open until the evening

SWEEP_SLACK = timedelta(
    minutes=5
)  # other processes note the last use a little late: not a reason to delete a live session


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in."""

    token_hash: str
    account: str  # account id
    created_at: datetime
    expires_at: datetime  # whatever happens
    last_seen: datetime  # last use, late by a minute at most


class SessionStore(Protocol):
    """What sessions need of a store. Guarantees: see `base`."""

    async def add_session(self, session: Session) -> None:
        """Add a session. Nothing is stored when its account does not exist or is disabled."""

    async def delete_session(self, token_hash: str) -> bool:
        """Delete a session; False when there was none."""

    async def delete_sessions(self, account: str) -> int:
        """Delete all sessions of an account and return how many."""

    async def sweep_sessions(self, now: datetime, unused_since: datetime) -> int:
        """Delete sessions that have expired by `now` or were last seen before `unused_since`; return how many."""


class Sessions:
    """The sessions of one store.

    `life`: from sign-in to the end, whatever happens. `revoked`: called after every revocation, so that no cache
    outlives it. How long one may stay idle is for the look-up to judge (`identity`) and for `sweep` to clear up.
    """

    def __init__(
        self, store: SessionStore, revoked: Callable[[], None], *, life: timedelta = LIFE, idle: timedelta = IDLE
    ) -> None:
        self._store = store
        self._revoked = revoked
        self._life = life
        self._idle = idle

    async def open(self, account: str, now: datetime) -> tuple[Session, str]:
        """Sign the account `account` (id) in; return the session and its token, which is shown only here."""
        token = new_token()
        session = Session(
            token_hash=hash_token(token), account=account, created_at=now, expires_at=now + self._life, last_seen=now
        )
        await self._store.add_session(session)
        return session, token

    async def revoke(self, token_hash: str) -> bool:
        """Sign one session out; False when it was gone already."""
        try:
            return await self._store.delete_session(token_hash)
        finally:
            self._revoked()  # also when it failed: it may have happened

    async def revoke_all(self, account: str) -> int:
        """Sign the account `account` (id) out everywhere; return how many sessions that were."""
        try:
            return await self._store.delete_sessions(account)
        finally:
            self._revoked()

    async def sweep(self, now: datetime) -> int:
        """Delete what can no longer be used; return how many."""
        return await self._store.sweep_sessions(now, now - self._idle - SWEEP_SLACK)
