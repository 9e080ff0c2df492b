"""Records that move from one store to another."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.carrying import Carried, NotCarried, carry_records, compare_records, taken
from queue_server.records.devices import Device
from queue_server.records.notes import Note
from queue_server.records.outbox import Message
from queue_server.records.photos import Photo
from queue_server.records.secrets import of_webhook
from queue_server.records.sessions import Session
from tests.records.conftest import NOW, STORES

HALLS = ("town", "village")
HEAD = Account(id="u_1", user="li", name="李华", role="head", halls=("town",))
CLERK = Account(id="u_2", user="wang", name="王芳", role="clerk", halls=HALLS, counter=1, capacity="A", disabled=True)
ADMIN = Account(id="u_3", user="guan", name="管理员", role="admin")
KIOSK = Device(id="d_1", hall="town", role="kiosk", created_at=NOW)
EVALUATOR = Device(id="d_2", hall="village", role="evaluator", counter=1, label="一号", created_at=NOW)
LATER = NOW + timedelta(days=9)
CARRIED = Carried(HALLS, everybody=True, now=NOW)


@pytest.fixture(params=[("sqlite", "redis"), ("redis", "sqlite"), ("redis", "redis")], ids="-".join)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[RecordStore, RecordStore]]:
    """A full store, and an empty one of another kind."""
    async with AsyncExitStack() as stack:
        stores = []
        for n, kind in enumerate(request.param):
            folder = tmp_path / str(n)
            folder.mkdir()
            stores.append(STORES[kind](folder))
            await stores[n].open()
            stack.push_async_callback(stores[n].close)
        await fill(stores[0])
        yield stores[0], stores[1]


async def fill(store: RecordStore) -> None:
    for account in (HEAD, CLERK, ADMIN):
        await store.add_account(account, f"hash of {account.user}")
    await store.put_photo(Photo(account="u_2", digest="d", picture=b"\xff\xd8"))
    day = NOW + timedelta(hours=12)
    await store.add_session(Session(token_hash="s", account="u_1", created_at=NOW, expires_at=day, last_seen=NOW))
    await store.add_device(KIOSK, "t1")
    await store.add_device(EVALUATOR, "t2")
    await store.touch({"t1": LATER})
    await store.revoke_device("d_2", LATER)
    for ref, hall, ends in (("n_1", "town", LATER), ("n_2", "village", NOW), ("n_3", "village", LATER)):
        await store.put_note(Note(ref=ref, hall=hall, kind="hold_reason", text=f"缺材料 {ref}", expires_at=ends))
    await store.confirm_notes({"n_1": LATER})
    for reader, at in (("u_1", NOW), ("u_2", NOW), ("u_1", NOW + timedelta(minutes=1))):
        await store.look_at_notes(["n_1", "n_3"], reader, at)
    await store.forget_notes(["n_3"])
    await store.secret("fingerprint", b"\x00\xff")
    messages = [
        Message(
            id=f"m_{n}", hall="town", kind="alarm", subject=f"s{n}", body=b"{}", made_at=NOW, until=LATER, next_at=NOW
        )
        for n in range(3)
    ]
    await store.add_messages(messages)
    await store.message_tried(msgspec.structs.replace(messages[1], state="delivered", answer=200, tried_at=NOW))
    await store.follow("village", 7)


async def check(store: RecordStore) -> None:
    assert await store.all_accounts() == [ADMIN, HEAD, CLERK]
    assert await store.credentials("wang") == (CLERK, "hash of wang")
    assert await store.photo("u_2") == Photo(account="u_2", digest="d", picture=b"\xff\xd8")
    kiosk, evaluator = await store.all_devices(None)
    assert kiosk == msgspec.structs.replace(KIOSK, last_seen=LATER)
    assert evaluator == msgspec.structs.replace(EVALUATOR, revoked_at=LATER)
    assert await store.holders(["s", "t1", "t2"]) == {"t1": kiosk, "t2": evaluator}, "whoever was signed in is not"
    looks = await store.looks("n_1")
    assert [(look.reader, look.at) for look in looks] == [
        *(("u_1", NOW), ("u_2", NOW)), ("u_1", NOW + timedelta(minutes=1))
    ]  # fmt: skip
    assert len(await store.looks("n_3")) == 3, "of a note that is gone"
    (note,) = await store.look_at_notes(["n_1", "n_2", "n_3"], "u_9", NOW)
    assert (note.ref, note.text, note.expires_at, note.confirmed) == ("n_1", "缺材料 n_1", LATER, True)
    assert [doubtful.ref for doubtful in await store.doubtful_notes(NOW, "", 9)] == ["n_2"]
    assert await store.known_secret("fingerprint") == b"\x00\xff"
    assert [message.id for message in await store.newest_messages("town", 9)] == ["m_2", "m_1", "m_0"]
    assert (await store.backlog()).waiting == 2
    assert (await store.told_last("town"))["s1"].answer == 200
    assert await store.followed() == {"village": 7}


async def test_everything_arrives_as_it_is(stores: tuple[RecordStore, RecordStore]) -> None:
    """However often."""
    source, target = stores
    assert await taken(source, target) == []
    await carry_records(source, target, CARRIED)
    await carry_records(source, target, CARRIED)
    await compare_records(source, target, CARRIED)
    await check(target)


async def test_what_is_over_stays_behind(stores: tuple[RecordStore, RecordStore]) -> None:
    """Its time was up, whether or not anybody had swept."""
    source, target = stores
    await carry_records(source, target, msgspec.structs.replace(CARRIED, now=LATER))
    assert await target.look_at_notes(["n_1"], "u_1", NOW) == []


async def test_what_a_former_stay_left_goes(stores: tuple[RecordStore, RecordStore]) -> None:
    """People and words of these halls; those of others stay."""
    source, target = stores
    await target.add_account(Account(id="u_7", user="old", name="旧人", role="clerk", halls=("town",)), "x")
    await target.add_account(Account(id="u_8", user="li", name="旧人", role="clerk", halls=("village",)), "x")
    other = Account(id="u_9", user="other", name="他人", role="clerk", halls=("town", "city"))
    await target.add_account(other, "x")
    for ref, hall in (("n_8", "town"), ("n_9", "city")):
        await target.put_note(Note(ref=ref, hall=hall, kind="hold_reason", text="旧", expires_at=LATER))
    assert await taken(source, target) == []
    await carry_records(source, target, CARRIED)
    assert await target.all_accounts() == [ADMIN, HEAD, other, CLERK]
    assert [note.ref for note in await target.look_at_notes(["n_8", "n_9"], "u_1", NOW)] == ["n_9"]


async def test_a_webhook_is_signed_as_before(stores: tuple[RecordStore, RecordStore]) -> None:
    """Its secret may have been made anew since the hall was at the other place; that of a hall there is its own."""
    source, target = stores
    for hall in ("town", "city"):
        await source.replace_secret(of_webhook(hall), b"new")
        await target.replace_secret(of_webhook(hall), b"old")
    await carry_records(source, target, CARRIED)
    assert await target.known_secret(of_webhook("town")) == b"new"
    assert await target.known_secret(of_webhook("city")) == b"old"


async def test_what_is_of_other_halls_stays_behind(stores: tuple[RecordStore, RecordStore]) -> None:
    """Where not all go, so do those who belong to none; and who changed something at the other place keeps it."""
    source, target = stores
    await target.add_account(HEAD, "another")
    await carry_records(source, target, Carried(["village"], everybody=False, now=NOW))
    assert await target.credentials("li") == (HEAD, "another")
    assert await target.all_accounts() == [HEAD, CLERK]
    assert [device.id for device in await target.all_devices(None)] == ["d_2"]
    assert await target.look_at_notes(["n_1"], "u_1", NOW) == []


async def test_whose_name_is_taken_is_told(stores: tuple[RecordStore, RecordStore]) -> None:
    source, target = stores
    await target.add_account(msgspec.structs.replace(ADMIN, id="u_9"), "x")
    assert await taken(source, target) == ["guan"]


async def test_what_does_not_arrive_is_counted(
    stores: tuple[RecordStore, RecordStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by a store that forgets looks: three of two notes."""
    source, target = stores

    async def forget(looks: object) -> None:
        return None

    monkeypatch.setattr(target, "add_looks", forget)
    await carry_records(source, target, CARRIED)
    with pytest.raises(NotCarried) as caught:
        await compare_records(source, target, CARRIED)
    assert caught.value.missing == 6
