"""The records in Redis, for several servers: the same people, devices and words on each.

All keys begin with `{records}`, so that they are together in a cluster and one function (`redis.lua`) can work on
several of them in one step. Values that hold more than one thing are msgpack; times that Redis goes by are scores, in
milliseconds.

    accounts, passwords       hash  id → account; id → password hash
    users                     hash  login name → id
    accounts:of:HALL          set of ids
    session:TOKEN             account, made, ends; expires
    sessions:of:ACCOUNT       set of its tokens; expires
    sessions:ends, :seen      sorted set of tokens, by their end and by their last use
    ended                     sorted set of tokens that were deleted or revoked, by their numbers
    ended:last, :swept        the last of these numbers, and the last of those that are not known any more
    devices, devices:revoked  hash  id → device; id → when
    devices:seen              sorted set of ids, by their last use, 0 before the first
    devices:all, :of:HALL     list of ids, in the order in which they were added
    tokens, devices:tokens    hash  token → id; id → token
    note:REF                  hall, kind, text; expires once it is confirmed
    notes:drafts, :kept       sorted set of refs, by their expiry, before and after they are confirmed
    looks:REF                 sorted set of "number reader", by time; numbers from looks:count
    looks                     sorted set of refs that were looked at, by their first look
    photos, photos:digests    hash  account → photo; account → digest
    secrets                   hash  name → secret
    message:ID                hash  added, standing; and hall, subject, made, place
    messages, :of:HALL        sorted set of ids, by the order in which they were added, from messages:count
    messages:due, :waiting    sorted set of ids that wait, by their next attempt and by when they were made
    messages:settled          sorted set of ids that may be swept, by when they were made
    messages:told:HALL        hash  subject → id that was added last
    followed                  hash  hall → seq
    form                      which of these forms it is

A token here is its hash. Redis lets go of what has ended a day after its end, so that it is gone even where no server
is left to sweep; the day, because clocks differ.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from queue_server.records.accounts import Account
from queue_server.records.devices import Device
from queue_server.records.errors import NoBackup, NoteMismatch, RecordsTooNew, RecordsUnavailable, UserTaken
from queue_server.records.identity import ENDED_KEPT, Ended, SignedIn
from queue_server.records.instants import at_ms, ms, whole_ms
from queue_server.records.notes import Doubtful, Look, Note, NoteKind
from queue_server.records.outbox import Backlog, Message, MessageFault, MessageState
from queue_server.records.photos import Photo
from queue_server.records.sessions import Session
from queue_server.redis_nodes import Command, Nodes, RedisError

__all__ = ["RedisRecordStore"]

FORM = 1
FORGOTTEN_AFTER = timedelta(days=1)
"""After its end, where nobody has swept it."""
AT_ONCE = 250
"""Tokens asked about in one step: a millisecond or two, for which everybody else waits, here as in Redis."""

ONCE = frozenset(
    {"delete_account", "delete_session", "delete_sessions", "look_at_notes", "forget_notes", "delete_photo"}
    | {"add_messages", "due_messages", "message_tried", "sweep_sessions", "sweep_notes", "sweep_messages"}
)
"""Functions that answer otherwise, or do more, when they are called again: they are not, where an answer was lost."""

FUNCTIONS = (files("queue_server") / "records" / "redis.lua").read_text("utf-8")

T = TypeVar("T")


class _Standing(msgspec.Struct, frozen=True, array_like=True):
    """What attempts change of a message."""

    state: MessageState
    next_at: datetime
    attempts: int
    tried_at: datetime | None
    answer: int | None
    fault: MessageFault | None


_pack = msgspec.msgpack.Encoder().encode
_account = msgspec.msgpack.Decoder(Account).decode
_device = msgspec.msgpack.Decoder(Device).decode
_photo = msgspec.msgpack.Decoder(Photo).decode
_added = msgspec.msgpack.Decoder(Message).decode
_standing = msgspec.msgpack.Decoder(_Standing).decode
_session = msgspec.msgpack.Decoder(tuple[str, int, int]).decode
_note = msgspec.msgpack.Decoder(tuple[str, NoteKind, str]).decode


class RedisRecordStore:
    """The record store in Redis. nodes: are closed by whoever made them.

    The methods are described by the contract: `base` and the modules that it names.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._records = nodes.key("records")
        self._open = False
        self._begun = set[asyncio.Future[Any]]()  # questions that were asked and not answered yet

    async def open(self) -> None:
        if self._open:
            raise RuntimeError("already open")
        await self._answer(self._nodes.load(FUNCTIONS))
        form = self._key("form")
        self._open = True
        _, found = await self._ask_all(["SETNX", form, FORM], ["GET", form])
        if int(found) > FORM:
            self._open = False
            raise RecordsTooNew(int(found), FORM)

    async def close(self) -> None:
        self._open = False
        if self._begun:
            await asyncio.wait(self._begun)

    async def backup(self, target: Path) -> None:
        raise NoBackup

    async def add_account(self, account: Account, password_hash: str) -> None:
        if not await self._do("add_account", account.id, account.user, _pack(account), password_hash):
            raise UserTaken(account.user)

    async def account(self, id: str) -> Account | None:
        found = await self._ask("HGET", self._key("accounts"), id)
        return None if found is None else _account(found)

    async def credentials(self, user: str) -> tuple[Account, str] | None:
        found = await self._do("credentials", user)
        return None if found is None else (_account(found[0]), found[1].decode())

    async def all_accounts(self) -> list[Account]:
        return _by_user(map(_account, await self._ask("HVALS", self._key("accounts"))))

    async def hall_accounts(self, hall: str) -> list[Account]:
        return _by_user(map(_account, await self._do("hall_accounts", hall)))

    async def these_accounts(self, ids: Collection[str]) -> list[Account]:
        return [_account(found) for found in await self._these("accounts", ids) if found is not None]

    async def any_account(self) -> bool:
        return bool(await self._ask("HLEN", self._key("accounts")))

    async def update_account(self, account: Account) -> bool:
        there = await self.account(account.id)
        if there is None:
            return False
        changed = msgspec.structs.replace(account, user=there.user)
        return bool(await self._do("update_account", account.id, _pack(changed)))

    async def delete_account(self, id: str) -> bool:
        return bool(await self._do("delete_account", id))

    async def replace_password(self, id: str, new: str) -> bool:
        return bool(await self._do("replace_password", id, new))

    async def renew_password_hash(self, id: str, old: str, new: str) -> None:
        await self._do("renew_password_hash", id, old, new)

    async def add_session(self, session: Session) -> None:
        ends = ms(session.expires_at)
        kept = _pack((session.account, ms(session.created_at), ends))
        seen, forgotten = ms(session.last_seen), _forgotten(session.expires_at)
        await self._do("add_session", session.token_hash, session.account, kept, ends, seen, forgotten)

    async def delete_session(self, token_hash: str) -> bool:
        return bool(await self._do("delete_session", token_hash))

    async def delete_sessions(self, account: str) -> int:
        return int(await self._do("delete_sessions", account))

    async def sweep_sessions(self, now: datetime, unused_since: datetime) -> int:
        return await self._swept("sweep_sessions", ms(now), ms(unused_since), ENDED_KEPT)

    async def add_device(self, device: Device, token_hash: str) -> None:
        kept = _pack(msgspec.structs.replace(device, created_at=whole_ms(device.created_at)))
        if not await self._do("add_device", device.id, token_hash, device.hall, kept):
            raise RecordsUnavailable(KeyError(device.id))

    async def device(self, id: str) -> Device | None:
        found = await self._devices([id])
        return found[0] if found else None

    async def all_devices(self, hall: str | None) -> list[Device]:
        ids = self._key("devices:all") if hall is None else self._key("devices:of", hall)
        devices = await self._devices(await self._ask("LRANGE", ids, 0, -1))
        return sorted(devices, key=lambda device: device.created_at)

    async def revoke_device(self, id: str, at: datetime) -> bool:
        return bool(await self._do("revoke_device", id, ms(at)))

    async def all_tokens(self) -> dict[str, str]:
        found = await self._ask("HGETALL", self._key("tokens"))
        return {id.decode(): token.decode() for token, id in found.items()}

    async def holders(self, token_hashes: Collection[str]) -> dict[str, SignedIn | Device]:
        holders: dict[str, SignedIn | Device] = {}
        for asked in _chunks(token_hashes, AT_ONCE):
            found = await self._do("holders", *asked)
            for token, session, used, account, device, revoked, seen in zip(asked, *found, strict=True):
                if session is not None and account is not None:
                    of, made, ends = _session(session)
                    times = {"created_at": at_ms(made), "expires_at": at_ms(ends), "last_seen": at_ms(int(used))}
                    holders[token] = SignedIn(Session(token_hash=token, account=of, **times), _account(account))
                elif device is not None:
                    holders[token] = _as_it_is(device, revoked, seen)
        return holders

    async def ended(self, after: int) -> Ended:
        number, *known = await self._do("ended", after)
        return Ended(number, frozenset(token.decode() for token in known[0]) if known else None)

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        times = [(token_hash, ms(at)) for token_hash, at in seen.items()]
        for some in _chunks(times, AT_ONCE):
            await self._do("touch", *_flat(some))

    async def put_note(self, note: Note) -> None:
        await self.add_notes([note])

    async def confirm_notes(self, expiries: Mapping[str, datetime]) -> set[str]:
        ends = [(ref, ms(at), _forgotten(at)) for ref, at in expiries.items()]
        return {ref.decode() for ref in await self._do("confirm_notes", *_flat(ends))}

    async def look_at_notes(self, refs: Collection[str], reader: str, now: datetime) -> list[Note]:
        notes = []
        for ref, kept, ends, confirmed in await self._do("look_at_notes", ms(now), reader, *sorted(set(refs))):
            notes.append(_as_note(ref.decode(), kept, int(ends), bool(confirmed)))
        return notes

    async def looks(self, ref: str) -> list[Look]:
        looks = await self._do("looks", ref)
        readers = (look.decode().partition(" ")[2] for look in looks[::2])
        return [
            Look(ref=ref, reader=reader, at=at_ms(int(at))) for reader, at in zip(readers, looks[1::2], strict=True)
        ]

    async def doubtful_notes(self, now: datetime, after: str, limit: int) -> list[Doubtful]:
        found = await self._do("doubtful_notes", ms(now), after, limit)
        return [Doubtful(ref.decode(), hall.decode(), kind.decode()) for ref, hall, kind in found]

    async def forget_notes(self, refs: Collection[str]) -> int:
        return int(await self._do("forget_notes", *refs))

    async def sweep_notes(self, now: datetime, unreferenced: Collection[str], looks_before: datetime) -> int:
        return await self._swept("sweep_notes", ms(now), ms(looks_before), *unreferenced)

    async def all_notes(self) -> AsyncIterator[list[Note]]:
        for key, confirmed in (("notes:drafts", False), ("notes:kept", True)):
            async for ends in self._walk(key):
                stored = await self._ask_all(*(["GET", self._key("note", ref)] for ref in ends))
                yield [
                    _as_note(ref, kept, until, confirmed)
                    for (ref, until), kept in zip(ends.items(), stored, strict=True)
                    if kept is not None
                ]

    async def all_looks(self) -> AsyncIterator[list[Look]]:
        async for refs in self._walk("looks"):
            yield [look for ref in refs for look in await self.looks(ref)]

    async def add_notes(self, notes: Sequence[Note]) -> None:
        puts = [
            self._call("put_note", it.ref, _pack((it.hall, it.kind, it.text)), ms(it.expires_at), int(it.confirmed),
                       _forgotten(it.expires_at))
            for it in notes
        ]  # fmt: skip
        for note, put in zip(notes, await self._ask_all(*puts), strict=True):
            if not put:
                raise NoteMismatch(note.ref)

    async def add_looks(self, looks: Sequence[Look]) -> None:
        for some in _chunks(looks, AT_ONCE):
            await self._do("add_looks", *_flat((look.ref, look.reader, ms(look.at)) for look in some))

    async def put_photo(self, photo: Photo) -> bool:
        return bool(await self._do("put_photo", photo.account, _pack(photo), photo.digest))

    async def photo(self, account: str) -> Photo | None:
        found = await self._ask("HGET", self._key("photos"), account)
        return None if found is None else _photo(found)

    async def photo_digests(self, accounts: Collection[str]) -> dict[str, str]:
        found = zip(accounts, await self._these("photos:digests", accounts), strict=True)
        return {account: digest.decode() for account, digest in found if digest is not None}

    async def delete_photo(self, account: str) -> bool:
        return bool(await self._do("delete_photo", account))

    async def secret(self, name: str, fresh: bytes) -> bytes:
        key = self._key("secrets")
        value: bytes
        _, value = await self._ask_all(["HSETNX", key, name, fresh], ["HGET", key, name])
        return value

    async def known_secret(self, name: str) -> bytes | None:
        value: bytes | None = await self._ask("HGET", self._key("secrets"), name)
        return value

    async def all_secrets(self) -> dict[str, bytes]:
        return {name.decode(): value for name, value in (await self._ask("HGETALL", self._key("secrets"))).items()}

    async def replace_secret(self, name: str, value: bytes) -> None:
        await self._ask("HSET", self._key("secrets"), name, value)

    async def add_messages(self, messages: Sequence[Message]) -> set[str]:
        added = [(m.id, m.hall, m.subject, ms(m.made_at), ms(m.next_at), m.state, _pack(_whole(m))) for m in messages]
        return {id.decode() for id in await self._do("add_messages", *_flat(added))}

    async def due_messages(
        self, now: datetime, again_at: datetime, without: Collection[str], limit: int
    ) -> list[Message]:
        # Nothing is due most of the time: that costs one small question, and no write.
        waiting = self._key("messages:due")
        if not await self._ask("ZRANGEBYSCORE", waiting, "-inf", ms(now), "LIMIT", 0, 1):
            return []
        return _messages(await self._do("due_messages", ms(now), ms(again_at), limit, *without))

    async def message_tried(self, message: Message) -> bool:
        m = _whole(message)
        standing = _Standing(m.state, m.next_at, m.attempts, m.tried_at, m.answer, m.fault)
        return bool(await self._do("message_tried", m.id, m.state, ms(m.next_at), _pack(standing)))

    async def newest_messages(self, hall: str, limit: int) -> list[Message]:
        return _messages(await self._do("newest_messages", hall, limit))

    async def told_last(self, hall: str) -> dict[str, Message]:
        return {message.subject: message for message in _messages(await self._do("told_last", hall))}

    async def backlog(self) -> Backlog:
        waiting, *oldest = await self._do("backlog")
        return Backlog(waiting, at_ms(int(oldest[0])) if waiting else None)

    async def sweep_messages(self, before: datetime) -> int:
        return await self._swept("sweep_messages", ms(before))

    async def followed(self) -> dict[str, int]:
        found = await self._ask("HGETALL", self._key("followed"))
        return {hall.decode(): int(seq) for hall, seq in found.items()}

    async def follow(self, hall: str, seq: int | None) -> None:
        key = self._key("followed")
        await (self._ask("HDEL", key, hall) if seq is None else self._ask("HSET", key, hall, seq))

    async def _these(self, table: str, fields: Collection[str]) -> list[bytes | None]:
        """The values of these fields of a hash, in their order."""
        found: list[bytes | None] = await self._ask("HMGET", self._key(table), *fields) if fields else []
        return found

    async def _devices(self, ids: Sequence[bytes | str]) -> list[Device]:
        """Those of them that there are."""
        devices: list[Device] = []
        for some in _chunks(ids, AT_ONCE):
            found = await self._do("devices", *some)
            devices += (_as_it_is(*each) for each in zip(*found, strict=True) if each[0] is not None)
        return devices

    async def _walk(self, key: str) -> AsyncIterator[dict[str, int]]:
        """The members of a sorted set with their scores, some at a time; perhaps one of them twice."""
        cursor = 0
        while True:
            cursor, found = await self._ask("ZSCAN", self._key(key), cursor, "COUNT", AT_ONCE)
            yield {member.decode(): int(score) for member, score in found}
            if not (cursor := int(cursor)):
                return

    async def _swept(self, name: str, *args: Any) -> int:
        """Sweep in steps until nothing is left; how much was deleted."""
        deleted = 0
        while True:
            looked, swept = await self._do(name, *args)
            deleted += int(swept)
            if not looked:
                return deleted

    def _key(self, *rest: str) -> str:
        return ":".join((self._records, *rest))

    async def _do(self, name: str, *args: Any) -> Any:
        """What one function answers. Raises RecordsUnavailable."""
        return await self._ask(*self._call(name, *args), again=name not in ONCE)

    def _call(self, name: str, *args: Any) -> Command:
        return ["FCALL", f"jiaohao_records_{name}", 1, self._records, *args]

    async def _ask(self, *command: Any, again: bool = True) -> Any:
        """What Redis answers. again: whether it may be asked twice. Raises RecordsUnavailable."""
        self._check()
        return await self._answer(self._nodes.ask(self._records, *command, again=again))

    async def _ask_all(self, *commands: Sequence[Any]) -> list[Any]:
        """What Redis answers to each. Raises RecordsUnavailable."""
        self._check()
        answers = await self._answer(self._nodes.ask_all(self._records, commands, again=True))
        for answer in answers:
            if isinstance(answer, Exception):
                raise RecordsUnavailable(answer)
        return answers

    async def _answer(self, call: Coroutine[Any, Any, T]) -> T:
        """What Redis answers. It is asked to the end, also where the caller has left. Raises RecordsUnavailable."""
        begun = asyncio.ensure_future(call)
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)
        try:
            return await asyncio.shield(begun)
        except (RedisError, OSError) as error:
            raise RecordsUnavailable(error) from error

    def _check(self) -> None:
        if not self._open:
            raise RecordsUnavailable(RuntimeError("the records are not open"))


def _chunks(of: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(of)
    while some := list(islice(rest, size)):
        yield some


def _flat(rows: Iterable[Iterable[Any]]) -> list[Any]:
    return [value for row in rows for value in row]


def _by_user(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda account: account.user)


def _forgotten(ends: datetime) -> int:
    return ms(ends + FORGOTTEN_AFTER)


def _as_note(ref: str, kept: bytes, ends: int, confirmed: bool) -> Note:
    hall, kind, text = _note(kept)
    return Note(ref=ref, hall=hall, kind=kind, text=text, expires_at=at_ms(ends), confirmed=confirmed)


def _as_it_is(device: bytes, revoked: bytes | None, seen: bytes) -> Device:
    return msgspec.structs.replace(
        _device(device),
        revoked_at=None if revoked is None else at_ms(int(revoked)),
        last_seen=at_ms(int(seen)) if int(seen) else None,
    )


def _whole(message: Message) -> Message:
    """Its times as a store gives them back."""
    return msgspec.structs.replace(
        message,
        made_at=whole_ms(message.made_at),
        until=whole_ms(message.until),
        next_at=whole_ms(message.next_at),
        tried_at=None if message.tried_at is None else whole_ms(message.tried_at),
    )


def _messages(stored: Iterable[tuple[bytes, bytes | None, bytes | None]]) -> list[Message]:
    messages = []
    for added, standing, due in stored:
        message = _added(added)
        if standing is not None:
            message = msgspec.structs.replace(message, **msgspec.structs.asdict(_standing(standing)))
        if due is not None:
            message = msgspec.structs.replace(message, next_at=at_ms(int(due)))
        messages.append(message)
    return messages
