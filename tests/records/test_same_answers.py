"""Whatever is done, in whatever order: a Redis answers as a file does."""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.errors import RecordsError
from queue_server.records.notes import Note
from queue_server.records.outbox import Message
from queue_server.records.photos import Photo
from queue_server.records.sessions import Session
from queue_server.records.sqlite import SqliteRecordStore
from tests.records.conftest import NOW, OnNodesOfItsOwn

STEPS = 600
MINUTE = timedelta(minutes=1)
HALLS = ("town", "village", "hamlet")


class Drawn(NamedTuple):
    """What a step is about: few of each, so that they meet again and again; only what is drawn at random in earnest,
    tokens and password hashes, is new each time.
    """

    account: Account
    session: Session
    device: Device
    note: Note
    message: Message
    hall: str
    ids: list[str]  # of accounts
    tokens: list[str]
    refs: list[str]
    at: datetime
    number: int


def drawn(chance: Random, step: int) -> Drawn:
    def at() -> datetime:
        return NOW + chance.randrange(30) * MINUTE

    def some(begin: str) -> list[str]:
        return sorted({f"{begin}{chance.randrange(6)}" for _ in range(chance.randrange(4))})

    number, halls = chance.randrange(6), chance.sample(HALLS, chance.randrange(3))
    began, role = at(), chance.choice(["clerk", "head"])
    return Drawn(
        account=Account(
            id=f"u_{number}",
            user=f"user{number if chance.random() < 0.9 else 0}",
            name=chance.choice("张李王"),
            role="clerk" if role == "clerk" else "head",
            halls=tuple(halls),
            counter=chance.choice([None, 3]),
            disabled=chance.random() < 0.1,
        ),
        session=Session(
            token_hash=f"s{step}",
            account=f"u_{chance.randrange(6)}",
            created_at=began,
            expires_at=began + 20 * MINUTE,
            last_seen=began,
        ),
        device=Device(id=f"d_{number}", hall=chance.choice(HALLS), role="screen", label=f"屏{step}", created_at=at()),
        note=Note(
            ref=f"n_{number}",
            hall="town",
            kind="phone",
            text=chance.choice(["一", "一", "二"]),
            expires_at=at(),
            confirmed=chance.random() < 0.2,
        ),
        message=Message(
            id=f"msg_{chance.randrange(12)}",
            hall=chance.choice(HALLS),
            kind="alarm",
            subject=chance.choice(["", "post", "wait"]),
            body=chance.choice([b"{}", b"\xff"]),
            phone_ref=chance.choice([None, "n_1"]),
            made_at=at(),
            until=at(),
            state=chance.choice(["waiting", "delivered"]),
            next_at=at(),
            attempts=number,
            tried_at=chance.choice([None, at()]),
            answer=chance.choice([None, 500]),
        ),
        hall=chance.choice(HALLS),
        ids=some("u_"),
        tokens=[f"s{chance.randrange(step + 1)}" for _ in range(10)] + some("token of d_"),
        refs=some("n_"),
        at=at(),
        number=number,
    )


Question = Callable[[RecordStore, Drawn], Coroutine[Any, Any, object]]

QUESTIONS: list[Question] = [
    *[lambda store, it: store.add_account(it.account, it.session.token_hash)] * 2,
    lambda store, it: store.update_account(it.account),
    lambda store, it: store.delete_account(it.account.id),
    lambda store, it: store.replace_password(it.account.id, "new"),
    lambda store, it: store.renew_password_hash(it.account.id, "new", "hash"),
    lambda store, it: store.account(it.account.id),
    lambda store, it: store.credentials(it.account.user),
    lambda store, it: store.all_accounts(),
    lambda store, it: store.hall_accounts(it.hall),
    lambda store, it: _by_id(store, it.ids),
    lambda store, it: store.any_account(),
    *[lambda store, it: store.add_session(it.session)] * 4,
    lambda store, it: store.delete_session(it.tokens[0]),
    lambda store, it: store.delete_sessions(it.account.id),
    lambda store, it: store.sweep_sessions(it.at, it.at - 25 * MINUTE),
    lambda store, it: store.add_device(it.device, f"token of {it.device.id}"),
    lambda store, it: store.revoke_device(it.device.id, it.at),
    lambda store, it: store.device(it.device.id),
    lambda store, it: store.all_devices(it.hall),
    lambda store, it: store.all_devices(None),
    *[lambda store, it: store.holders(it.tokens)] * 3,
    lambda store, it: _ended(store),
    lambda store, it: store.touch(dict.fromkeys(it.tokens, it.at)),
    *[lambda store, it: store.put_note(it.note)] * 3,
    lambda store, it: store.confirm_notes(dict.fromkeys(it.refs, it.at)),
    lambda store, it: store.look_at_notes(it.refs, it.account.id, it.at),
    lambda store, it: store.looks(it.note.ref),
    lambda store, it: store.doubtful_notes(it.at, it.note.ref, 2),
    lambda store, it: store.forget_notes(it.refs[:1]),
    lambda store, it: store.sweep_notes(it.at, it.refs, it.at - 25 * MINUTE),
    lambda store, it: store.put_photo(Photo(account=it.account.id, digest=it.note.text, picture=it.message.body)),
    lambda store, it: store.photo(it.account.id),
    lambda store, it: store.photo_digests(it.ids),
    lambda store, it: store.delete_photo(it.account.id),
    lambda store, it: store.secret(it.hall, it.message.body),
    lambda store, it: store.known_secret(it.hall),
    lambda store, it: store.replace_secret(it.hall, it.message.body),
    *[lambda store, it: store.add_messages([it.message])] * 3,
    lambda store, it: store.due_messages(it.at, it.at + MINUTE, [it.hall], it.number),
    lambda store, it: store.message_tried(it.message),
    lambda store, it: store.newest_messages(it.hall, it.number),
    lambda store, it: store.told_last(it.hall),
    lambda store, it: store.backlog(),
    lambda store, it: store.sweep_messages(it.at - 15 * MINUTE),
    lambda store, it: store.follow(it.hall, it.number or None),
    lambda store, it: store.followed(),
]


async def _by_id(store: RecordStore, ids: list[str]) -> object:
    return {account.id: account for account in await store.these_accounts(ids)}


async def _ended(store: RecordStore) -> object:
    return (await store.ended(0)).token_hashes  # each has numbers of its own


async def _answer(store: RecordStore, question: Question, it: Drawn) -> object:
    try:
        return await question(store, it)
    except RecordsError as error:
        return type(error)


@pytest.mark.parametrize("seed", range(3))
async def test_redis_answers_as_a_file_does(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    file, redis = SqliteRecordStore(tmp_path / "records.db"), OnNodesOfItsOwn(tmp_path)
    async with AsyncExitStack() as stack:
        for store in (file, redis):
            await store.open()
            stack.push_async_callback(store.close)
        for step in range(STEPS):
            question, it = chance.choice(QUESTIONS), drawn(chance, step)
            assert await _answer(redis, question, it) == await _answer(file, question, it), (step, it)
