"""Who is calling: the one look-up that every request makes."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

from queue_server.records.accounts import Account, Role
from queue_server.records.devices import Device, DeviceRole
from queue_server.records.sessions import IDLE, Session
from queue_server.records.tokens import hash_token

__all__ = ["ENDED_KEPT", "Ended", "Identities", "Identity", "SignedIn", "TokenStore"]

CACHED = timedelta(seconds=2)  # how long a revocation by another process may go unnoticed
CACHE_SIZE = 4096  # identities; a large site's devices and clerks, about 2 MB
TRUSTED = timedelta(minutes=10)  # how long a token is taken for alive at most, because the store said nothing else
ENDED_KEPT = 10_000  # ended tokens that a store remembers at least: a province's clerks who go home within seconds


PAST, FAR = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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


class Ended(NamedTuple):
    """Tokens that were revoked, as the store has counted them."""

    number: int  # the last one's, above all before; 0 before the first
    token_hashes: frozenset[str] | None  # those after the number that was asked with; None: not known any more


class TokenStore(Protocol):
    """What the look-up needs of a store. Guarantees: see `base`."""

    async def holders(self, token_hashes: Collection[str]) -> dict[str, SignedIn | Device]:
        """Return what is stored for each hash, expired, disabled or revoked as it may be; nothing for unknown ones."""

    async def ended(self, after: int) -> Ended:
        """Return which tokens have ended since the one of that number: sessions that were deleted for whatever reason,
        devices that were revoked. What ends by its time alone is not among them before it is swept.
        """

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        """Note by token hash when it was last used. An earlier time than the stored one changes nothing."""


class _Cached(NamedTuple):
    identity: Identity
    at: datetime
    until: datetime | None  # the session's end, which the cache must not put off; None for a device
    revision: int


class _Alive(NamedTuple):
    """A token that stood for somebody when the store was asked."""

    since: datetime
    until: datetime  # then the store is asked again
    device: bool


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
        self._alive: dict[str, _Alive] = {}  # by token hash, of those that `dead` was asked about last
        self._ended = 0  # the number of the token that had ended last then
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
        if holder is None or now >= self._end(token_hash, holder):
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

        Hears of other processes' revocations from the store, which is asked about what ended, what is new and what may
        have ended by itself: few of ten thousand. Ask every few seconds, for all at once.
        An open socket is a use of a device's token; a person's session is used by what the person does.
        """
        number, ended = await self._store.ended(self._ended)  # first: what ends from now on is heard of next time
        alive: dict[str, _Alive] = {}
        if ended is None:
            self._cache.clear()
        else:
            for each in ended:
                self._cache.pop(each, None)
            for each in token_hashes:
                known = self._alive.get(each)
                if known is not None and known.since <= now < known.until and each not in ended:
                    alive[each] = known
        doubtful = [each for each in token_hashes if each not in alive]
        holders = await self._store.holders(doubtful) if doubtful else {}
        for each, holder in holders.items():
            until = self._end(each, holder)
            if now < until:
                alive[each] = _Alive(now, min(until, now + TRUSTED), isinstance(holder, Device))
        self._ended, self._alive = number, alive
        self._seen.update((each, now) for each, known in alive.items() if known.device)
        return {each for each in token_hashes if each not in alive}

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

    def _end(self, token_hash: str, holder: SignedIn | Device) -> datetime:
        """From when on a token stands for nobody, unless it is used before."""
        if isinstance(holder, Device):
            return FAR if holder.revoked_at is None else PAST
        session, account = holder
        last_seen = max(session.last_seen, self._seen.get(token_hash, session.last_seen))
        return PAST if account.disabled else min(session.expires_at, last_seen + self._idle)


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
