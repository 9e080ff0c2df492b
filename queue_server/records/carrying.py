"""Carrying the records of halls from one store to another, as they are.

Sessions stay behind: whoever was signed in signs in again. So do the server's own secrets where the other store has
some already: it goes on with those. What a hall shares with its webhook comes along: whoever reads that knows no other.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec

from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.errors import RecordsError
from queue_server.records.notes import Look, Note
from queue_server.records.outbox import Message
from queue_server.records.photos import Photo
from queue_server.records.secrets import of_webhook

__all__ = ["Carried", "NotCarried", "carry_records", "compare_records", "taken"]

ALL = 2**31 - 1  # more messages than a hall has


class Carried(msgspec.Struct, frozen=True):
    """Which records: those of `halls`, and with `everybody` those of people who belong to no hall; without what is over
    by `now`.
    """

    halls: Collection[str]
    everybody: bool
    now: datetime

    def has(self, account: Account) -> bool:
        """Whether that person is among them, who may belong to other halls too."""
        return any(hall in self.halls for hall in account.halls) or (self.everybody and not account.halls)


class NotCarried(RecordsError):
    """So many records are not in the other store as they are in this one."""

    code = "not_carried"

    def __init__(self, missing: int) -> None:
        super().__init__(missing)
        self.missing = missing

    def __str__(self) -> str:
        return f"{self.missing} of the records did not arrive as they are"


class _Person(msgspec.Struct, frozen=True):
    account: Account
    password_hash: str


class _Placed(msgspec.Struct, frozen=True):
    device: Device
    token_hash: str


class _Followed(msgspec.Struct, frozen=True):
    hall: str
    seq: int


_Record = _Person | Photo | _Placed | Note | Look | Message | _Followed


async def taken(source: RecordStore, target: RecordStore) -> list[str]:
    """Login names that people of the source share with other people at the target, who stay there."""
    there = {account.user: account for account in await target.all_accounts()}
    mine = await source.all_accounts()
    halls = {hall for account in mine for hall in account.halls}
    return [
        account.user
        for account in mine
        if (other := there.get(account.user)) is not None and other.id != account.id and not _within(other, halls)
    ]


async def carry_records(source: RecordStore, target: RecordStore, it: Carried, *, secrets: bool = True) -> None:
    """Have these records in the target too. May be repeated.

    What an earlier stay of these halls has left there goes. secrets: whether the servers' own come along.
    Raises UserTaken, NoteMismatch, RecordsUnavailable.
    """
    await _clear(source, target, it)
    if secrets:
        of_halls = {of_webhook(hall) for hall in it.halls}
        for name, value in (await source.all_secrets()).items():
            await (target.replace_secret(name, value) if name in of_halls else target.secret(name, value))
    devices = {device.id for device in await target.all_devices(None)}
    async for records in _all(source, it):
        await _put(target, records, devices)


async def compare_records(source: RecordStore, target: RecordStore, it: Carried) -> None:
    """See that everything has come as it is, while nobody changes anything. Raises NotCarried, RecordsUnavailable."""
    wanted = {_print(record) async for records in _all(source, it) for record in records}
    wanted.difference_update([_print(record) async for records in _all(target, it) for record in records])
    if wanted:
        raise NotCarried(len(wanted))


def _within(account: Account, halls: Collection[str]) -> bool:
    """Whether it belongs to these halls and to no other."""
    return bool(account.halls) and set(account.halls) <= set(halls)


async def _clear(source: RecordStore, target: RecordStore, it: Carried) -> None:
    coming = {account.id for account in await source.all_accounts() if it.has(account)}
    for account in await target.all_accounts():
        if account.id in coming or _within(account, it.halls):
            await target.delete_account(account.id)
    async for notes in target.all_notes():
        await target.forget_notes([note.ref for note in notes if note.hall in it.halls])


async def _all(store: RecordStore, it: Carried) -> AsyncIterator[Sequence[_Record]]:
    """These records, some at a time, in an order in which they can be put; and all looks, for who knows whose notes
    they were at that are gone.
    """
    for account in await store.all_accounts():
        if it.has(account) and (known := await store.credentials(account.user)) is not None:
            yield [_Person(*known)]
            if (photo := await store.photo(account.id)) is not None:
                yield [photo]
    tokens = await store.all_tokens()
    yield [_Placed(device, tokens[device.id]) for device in await store.all_devices(None) if device.hall in it.halls]
    async for notes in store.all_notes():
        yield [note for note in notes if note.hall in it.halls and not (note.confirmed and note.expires_at <= it.now)]
    async for looks in store.all_looks():
        yield looks
    for hall in it.halls:
        yield (await store.newest_messages(hall, ALL))[::-1]
    yield [_Followed(hall, seq) for hall, seq in (await store.followed()).items() if hall in it.halls]


async def _put(target: RecordStore, records: Sequence[_Record], devices: Collection[str]) -> None:
    """devices: those that are there already."""
    for record in records:
        match record:
            case _Person(account, password_hash):
                await target.add_account(account, password_hash)
            case Photo():
                await target.put_photo(record)
            case _Placed(device, token_hash):
                if device.id not in devices:
                    await target.add_device(
                        msgspec.structs.replace(device, revoked_at=None, last_seen=None), token_hash
                    )
                if device.revoked_at is not None:
                    await target.revoke_device(device.id, device.revoked_at)
                if device.last_seen is not None:
                    await target.touch({token_hash: device.last_seen})
            case _Followed(hall, seq):
                await target.follow(hall, seq)
            case _:
                pass
    notes = [record for record in records if isinstance(record, Note)]
    if notes:
        await target.add_notes(notes)
    looks = [record for record in records if isinstance(record, Look)]
    if looks:
        await target.add_looks(looks)
    messages = [record for record in records if isinstance(record, Message)]
    if messages:
        await target.add_messages(messages)
        for message in messages:
            if message.state != "waiting":  # it may have been known there as one that waits
                await target.message_tried(message)


def _print(record: _Record) -> bytes:
    """Tells one record from all others; what changes of itself is no part of it."""
    match record:
        case Message(id=id):
            told = id.encode()
        case _Placed(device, token_hash):
            told = msgspec.json.encode(_Placed(msgspec.structs.replace(device, last_seen=None), token_hash))
        case _:
            told = msgspec.json.encode(record)
    return type(record).__name__.encode() + blake2b(told, digest_size=16).digest()
