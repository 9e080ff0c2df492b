"""The look-up that every request makes: whom a token stands for, and for how long that is believed."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

import msgspec
import pytest

from queue_server.records import identity, redis, sqlite
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.identity import TRUSTED, Ended, Identities, Identity, SignedIn
from queue_server.records.records import Records
from queue_server.records.sessions import IDLE, LIFE
from queue_server.records.tokens import hash_token
from tests.records.conftest import NOW, cheap_passwords

SECOND = timedelta(seconds=1)


class WatchedStore:
    """A store's look-ups, counted, and stopped or failing on demand."""

    def __init__(self, store: RecordStore) -> None:
        self.store = store
        self.asked = 0
        self.asked_about = set[str]()  # by the last question
        self.touched: list[dict[str, datetime]] = []
        self.read = asyncio.Event()  # set whenever something has been read
        self.go_on = asyncio.Event()  # an answer waits for this
        self.go_on.set()
        self.failing = False

    async def holders(self, token_hashes: Collection[str]) -> dict[str, SignedIn | Device]:
        self.asked += 1
        self.asked_about = set(token_hashes)
        answer = await self.store.holders(token_hashes)
        self.read.set()
        await self.go_on.wait()
        return answer

    async def ended(self, after: int) -> Ended:
        return await self.store.ended(after)

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        if self.failing:
            raise RecordsUnavailable(OSError("disk full"))
        self.touched.append(dict(seen))
        await self.store.touch(seen)


@pytest.fixture
def watched(store: RecordStore) -> WatchedStore:
    return WatchedStore(store)


@pytest.fixture
def identities(watched: WatchedStore) -> Identities:
    return Identities(watched)


async def test_a_session_stands_for_its_account(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张伟", "clerk", halls=("town",), counter=3, capacity="A")
    _, token = await records.sessions.open(account.id, NOW)
    assert await records.identify(token, NOW) == Identity(
        kind="account",
        id=account.id,
        role="clerk",
        halls=("town",),
        counter=3,
        name="张伟",
        token_hash=hash_token(token),
    )


async def test_a_device_token_stands_for_its_device(records: Records) -> None:
    device, token = await records.devices.create("town", "evaluator", NOW, counter=3, label="三号窗口")
    assert await records.identify(token, NOW) == Identity(
        kind="device",
        id=device.id,
        role="evaluator",
        halls=("town",),
        counter=3,
        name="三号窗口",
        token_hash=hash_token(token),
    )


@pytest.mark.parametrize("token", ["", "unknown", "\0", "\ud800", "' OR 1=1 --", "x" * 100_000])
async def test_anything_else_stands_for_nobody(records: Records, token: str) -> None:
    _, good = await records.devices.create("town", "kiosk", NOW)
    assert await records.identify(token, NOW) is None
    assert await records.identify(hash_token(good), NOW) is None  # what is stored does not open the door


async def test_an_answer_is_believed_for_two_seconds(
    records: Records, watched: WatchedStore, identities: Identities
) -> None:
    _, token = await records.devices.create("town", "kiosk", NOW)
    for after_s, asked in ((0.0, 1), (1.9, 1), (2.0, 2), (3.9, 2), (-60.0, 3), (-59.0, 3)):
        assert await identities.identify(token, NOW + after_s * SECOND)
        assert watched.asked == asked


async def test_a_revocation_by_another_server_is_noticed_within_two_seconds(
    records: Records, identities: Identities
) -> None:
    device, token = await records.devices.create("town", "kiosk", NOW)
    assert await identities.identify(token, NOW)
    await records.devices.revoke(device.id, NOW)  # of which these identities are not told
    assert await identities.identify(token, NOW + 2 * SECOND) is None


async def test_the_cache_does_not_lengthen_a_session(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    _, token = await records.sessions.open(account.id, NOW)
    await records.identify(token, NOW + IDLE - SECOND)
    for hours in range(3, 12):
        await records.identify(token, NOW + timedelta(hours=hours))
    assert await records.identify(token, NOW + LIFE - SECOND)
    assert await records.identify(token, NOW + LIFE) is None


async def test_an_answer_read_before_a_revocation_is_not_believed_after_it(
    records: Records, watched: WatchedStore, identities: Identities
) -> None:
    device, token = await records.devices.create("town", "kiosk", NOW)
    watched.go_on.clear()
    asking = asyncio.create_task(identities.identify(token, NOW))
    await watched.read.wait()
    await records.devices.revoke(device.id, NOW)
    identities.revoked()
    watched.go_on.set()
    assert await asking  # it was asked before
    assert await identities.identify(token, NOW) is None


async def test_changed_rights_count_at_once(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk", halls=("town",))
    _, token = await records.sessions.open(account.id, NOW)
    assert await records.identify(token, NOW)
    revision = records.revision
    await records.accounts.update(msgspec.structs.replace(account, counter=2))
    changed = await records.identify(token, NOW)
    assert changed is not None
    assert changed.counter == 2
    assert records.revision > revision
    await records.accounts.update(msgspec.structs.replace(account, role="guide"))
    assert await records.identify(token, NOW) is None


async def test_the_cache_is_bounded(records: Records, identities: Identities, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "CACHE_SIZE", 3)
    tokens = [(await records.devices.create("town", "kiosk", NOW))[1] for _ in range(10)]
    for token in tokens * 2:
        assert await identities.identify(token, NOW)
    assert len(identities._cache) == 3


async def test_the_dead_are_those_that_no_longer_stand_for_anyone(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    left, _ = await records.accounts.create("li", "李", "clerk")
    alive, _ = await records.sessions.open(account.id, NOW)
    expired, _ = await records.sessions.open(account.id, NOW - LIFE)
    idle, _ = await records.sessions.open(account.id, NOW - IDLE)
    disabled, _ = await records.sessions.open(left.id, NOW)
    await records.accounts.disable(left.id)
    _, kiosk = await records.devices.create("town", "kiosk", NOW)
    revoked, screen = await records.devices.create("town", "screen", NOW)
    await records.devices.revoke(revoked.id, NOW)

    dead = {expired.token_hash, idle.token_hash, disabled.token_hash, hash_token(screen), hash_token("unknown")}
    assert await records.dead(dead | {alive.token_hash, hash_token(kiosk)}, NOW) == dead
    assert await records.dead(set(), NOW) == set()


async def test_the_store_is_asked_about_few_of_many_tokens(
    records: Records, watched: WatchedStore, identities: Identities
) -> None:
    """What is new, what may have ended by its time, and after a while everything; what was ended it tells itself."""
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    session, _ = await records.sessions.open(account.id, NOW)
    left, _ = await records.sessions.open(account.id, NOW)
    kiosk, kiosk_token = await records.devices.create("town", "kiosk", NOW)
    held = {session.token_hash, left.token_hash, hash_token(kiosk_token)}

    async def asked(at: datetime) -> set[str]:
        watched.asked_about = set()
        dead = await identities.dead(held, at)
        return watched.asked_about | dead

    assert await asked(NOW) == held
    assert await asked(NOW + SECOND) == set()
    held.add(hash_token("unknown"))
    assert await asked(NOW + SECOND) == {hash_token("unknown")}
    held.remove(hash_token("unknown"))
    await records.sessions.revoke(left.token_hash)
    assert await asked(NOW + 2 * SECOND) == {left.token_hash}
    held.remove(left.token_hash)
    assert await asked(NOW - SECOND) == held  # the clock was set back
    assert await asked(NOW - SECOND + TRUSTED) == held
    await records.devices.revoke(kiosk.id, NOW)
    assert await asked(NOW + TRUSTED) == {hash_token(kiosk_token)}


async def test_what_ended_elsewhere_is_not_believed_once_it_was_heard_of(
    records: Records, identities: Identities
) -> None:
    """Whether or not it has an open socket."""
    _, token = await records.devices.create("town", "kiosk", NOW)
    assert await identities.identify(token, NOW)
    await records.devices.revoke((await records.devices.all())[0].id, NOW)
    assert await identities.identify(token, NOW)
    await identities.dead([], NOW)
    assert await identities.identify(token, NOW) is None


async def test_who_was_away_while_many_tokens_ended_asks_about_all(
    records: Records, watched: WatchedStore, identities: Identities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And hears of every one."""
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    sessions = [(await records.sessions.open(account.id, NOW))[0].token_hash for _ in range(4)]
    assert await identities.dead(sessions, NOW) == set()
    for each in sessions[:3]:
        await records.sessions.revoke(each)
    for implementation in (sqlite, redis):
        monkeypatch.setattr(implementation, "ENDED_KEPT", 2)
    await records.sessions.sweep(NOW)
    assert await identities.dead(sessions, NOW) == set(sessions[:3])
    assert watched.asked_about == set(sessions)


async def test_an_open_socket_uses_a_device_s_token_and_nobody_s_session(
    records: Records, watched: WatchedStore, identities: Identities
) -> None:
    """So that it is known when a device was there last, even after a crash; a session ends by itself all the same."""
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    session, _ = await records.sessions.open(account.id, NOW)
    _, kiosk = await records.devices.create("town", "kiosk", NOW)
    revoked, screen = await records.devices.create("town", "screen", NOW)
    await records.devices.revoke(revoked.id, NOW)
    await identities.dead({session.token_hash, hash_token(kiosk), hash_token(screen)}, NOW + SECOND)
    await identities.flush()
    assert watched.touched == [{hash_token(kiosk): NOW + SECOND}]


async def test_looking_up_does_not_write_and_a_flush_writes_once(
    records: Records, watched: WatchedStore, identities: Identities
) -> None:
    _, token = await records.devices.create("town", "kiosk", NOW)
    await identities.identify(token, NOW)
    await identities.identify(token, NOW + 30 * SECOND)
    assert watched.touched == []
    await identities.flush()
    await identities.flush()
    assert watched.touched == [{hash_token(token): NOW + 30 * SECOND}]
    [listed] = await records.devices.all()
    assert listed.last_seen == NOW + 30 * SECOND


async def test_a_failed_flush_is_made_up_for(records: Records, watched: WatchedStore, identities: Identities) -> None:
    _, token = await records.devices.create("town", "kiosk", NOW)
    await identities.identify(token, NOW)
    watched.failing = True
    with pytest.raises(RecordsUnavailable):
        await identities.flush()
    watched.failing = False
    await identities.flush()
    assert watched.touched == [{hash_token(token): NOW}]


async def test_the_last_use_is_known_after_a_restart(make_store: Callable[[], RecordStore]) -> None:
    used = NOW + IDLE - SECOND
    first = Records(make_store(), passwords=cheap_passwords())
    await first.open()
    account, _ = await first.accounts.create("zhang", "张", "clerk")
    _, token = await first.sessions.open(account.id, NOW)
    assert await first.identify(token, used)
    await first.close()

    second = Records(make_store(), passwords=cheap_passwords())
    await second.open()
    assert await second.identify(token, used + IDLE - SECOND)
    await second.close()
