"""Who is calling: the one look-up that every request makes."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

from queue_server.records.accounts import Account, Role
from queue_server.records.devices import Device, DeviceRole
from queue_server.records.sessions import IDLE, Session
from queue_server.records.tokens import hash_token

__all__ = ["Identities", "Identity", "SignedIn", "TokenStore"]

CACHED = timedelta(seconds=2)  # how long a revocation by another process may go unnoticed
CACHE_SIZE = 4096  # identities; a large site's devices and clerks, about 2 MB


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token stands for."""

    kind: Literal["account", "device"]
    id: str  # account or device id
    role: Role | DeviceRole
    halls: tuple[str, ...]  # hall ids; empty for district and admin, who belong to none
    counter: int | None  # a clerk's usual counter, an evaluator's own; None otherwise
    name: str  # a person's name, a device's label
    token_hash: str  # what to ask `dead` about


class SignedIn(NamedTuple):
    """A session with its account."""

    session: Session
    account: Account


class TokenStore(Protocol):
    """What the look-up needs of a store. Guarantees: see `base`."""

    async def holders(self, token_hashes: Collection[str]) -> dict[str, SignedIn | Device]:
        """Return what is stored for each hash, expired, disabled or revoked as it may be; nothing for unknown ones."""

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        """Note by token hash when it was last used. An earlier time than the stored one changes nothing."""


class _Cached(NamedTuple):
    identity: Identity
    at: datetime
    until: datetime | None  # the session's end, which the cache must not put off; None for a device
    revision: int


class Identities:
    """Tells whom tokens stand for, from a small cache where it can.

    `idle`: how long a session may go unused. `revision` grows with every revocation in this process.
    Looking up never writes: when a token was last used is kept here until `flush`.
    """

    def __init__(self, store: TokenStore, *, idle: timedelta = IDLE) -> None:
        self._store = store
        self._idle = idle
        self._cache: dict[str, _Cached] = {}
        self._seen: dict[str, datetime] = {}  # by token hash, not yet flushed
        self.revision = 0

    async def identify(self, token: str, now: datetime) -> Identity | None:
        """Return whom `token` stands for at `now`; None when it is unknown, expired, revoked or disabled.

        A revocation in this process counts at once, one in another within two seconds.
        """
        token_hash = hash_token(token)
        cached = self._cache.get(token_hash)
        if (
            cached is not None
            and cached.revision == self.revision
            and timedelta(0) <= now - cached.at < CACHED  # not forever when the clock is set back
            and (cached.until is None or now < cached.until)
        ):
            return cached.identity
        self._cache.pop(token_hash, None)

        revision = self.revision  # before reading: a revocation meanwhile makes the answer stale at once
        holder = (await self._store.holders([token_hash])).get(token_hash)
        if holder is None or not self._alive(token_hash, holder, now):
            return None
        identity = _identity(token_hash, holder)
        self._seen[token_hash] = now
        if len(self._cache) >= CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        until = holder.session.expires_at if isinstance(holder, SignedIn) else None
        self._cache[token_hash] = _Cached(identity, now, until, revision)
        return identity

    async def dead(self, token_hashes: Collection[str], now: datetime) -> set[str]:
        """Return which of `token_hashes` no longer stand for anyone: whose sockets are to be closed.

        Always asks the store, so that it hears of other processes' revocations. Ask every few seconds, for all at once.
        An open socket is a use of a device's token; a person's session is used by what the person does.
        """
        holders = await self._store.holders(token_hashes)
        dead = {
            token_hash
            for token_hash in token_hashes
            if (holder := holders.get(token_hash)) is None or not self._alive(token_hash, holder, now)
        }
        self._seen.update(
            (each, now) for each, holder in holders.items() if isinstance(holder, Device) and each not in dead
        )
        return dead

    def revoked(self) -> None:
        """Forget what is cached: somebody's rights have changed. Rare enough to forget it all."""
        self.revision += 1
        self._cache.clear()

    async def flush(self) -> None:
        """Store when tokens were last used: once a minute is often enough. What fails is tried again next time."""
        seen = dict(self._seen)
        if not seen:
            return
        await self._store.touch(seen)
        # Only now: until it is stored, the idle time is judged by what is known here.
        for token_hash, at in seen.items():
            if self._seen.get(token_hash) == at:
                del self._seen[token_hash]

    def _alive(self, token_hash: str, holder: SignedIn | Device, now: datetime) -> bool:
        if isinstance(holder, Device):
            return holder.revoked_at is None
        session, account = holder
        last_seen = max(session.last_seen, self._seen.get(token_hash, session.last_seen))
        return not account.disabled and now < session.expires_at and now - last_seen < self._idle


def _identity(token_hash: str, holder: SignedIn | Device) -> Identity:
    if isinstance(holder, Device):
        return Identity(
            kind="device",
            id=holder.id,
            role=holder.role,
            halls=(holder.hall,),
            counter=holder.counter,
            name=holder.label,
            token_hash=token_hash,
        )
    account = holder.account
    return Identity(
        kind="account",
        id=account.id,
        role=account.role,
        halls=account.halls,
        counter=account.counter,
        name=account.name,
        token_hash=token_hash,
    )
