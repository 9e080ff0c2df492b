"""Sessions: opening, ending, clearing up."""

from datetime import timedelta

from queue_server.records.base import RecordStore
from queue_server.records.identity import SignedIn
from queue_server.records.records import Records
from queue_server.records.sessions import IDLE, LIFE, Session, Sessions
from queue_server.records.tokens import hash_token
from tests.records.conftest import NOW

SECOND = timedelta(seconds=1)


async def test_a_session_is_kept_under_the_hash_of_its_token(records: Records, store: RecordStore) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    session, token = await records.sessions.open(account.id, NOW)
    assert session == Session(
        token_hash=hash_token(token), account=account.id, created_at=NOW, expires_at=NOW + LIFE, last_seen=NOW
    )
    assert await store.holders([session.token_hash, token]) == {session.token_hash: SignedIn(session, account)}


async def test_a_session_lasts_its_life_and_no_longer(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    _, token = await records.sessions.open(account.id, NOW)
    at = NOW
    while at < NOW + LIFE - SECOND:
        at = min(at + IDLE - SECOND, NOW + LIFE - SECOND)
        assert await records.identify(token, at)  # each use keeps it from being idle
    assert await records.identify(token, NOW + LIFE) is None


async def test_a_session_unused_for_too_long_has_ended(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    _, token = await records.sessions.open(account.id, NOW)
    assert await records.identify(token, NOW + IDLE - SECOND)
    assert await records.identify(token, NOW + IDLE - SECOND + IDLE) is None


async def test_one_session_is_revoked_and_the_others_stay(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    desk, desk_token = await records.sessions.open(account.id, NOW)
    _, phone_token = await records.sessions.open(account.id, NOW)
    assert await records.identify(desk_token, NOW)
    assert await records.sessions.revoke(desk.token_hash)
    assert not await records.sessions.revoke(desk.token_hash)
    assert await records.identify(desk_token, NOW) is None
    assert await records.identify(phone_token, NOW)


async def test_all_sessions_of_an_account_are_revoked_together(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    tokens = [(await records.sessions.open(account.id, NOW))[1] for _ in range(3)]
    assert [await records.identify(token, NOW) is not None for token in tokens] == [True, True, True]
    assert await records.sessions.revoke_all(account.id) == 3
    assert [await records.identify(token, NOW) for token in tokens] == [None, None, None]


async def test_disabling_deleting_or_a_new_password_ends_the_sessions_at_once(records: Records) -> None:
    for user, change in (
        ("disabled", records.accounts.disable),
        ("deleted", records.accounts.delete),
        ("changed", records.accounts.set_password),
    ):
        account, _ = await records.accounts.create(user, user, "clerk")
        _, token = await records.sessions.open(account.id, NOW)
        assert await records.identify(token, NOW)
        await change(account.id)
        assert await records.identify(token, NOW) is None


async def test_the_sweep_deletes_what_can_no_longer_be_used(store: RecordStore, records: Records) -> None:
    sessions = Sessions(store, lambda: None, life=timedelta(hours=3), idle=timedelta(hours=1))
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    for age in (timedelta(hours=3), timedelta(hours=2), timedelta(hours=1), timedelta(0)):
        await sessions.open(account.id, NOW - age)
    # Idle for exactly an hour is not deleted yet: another process may be about to note that it was used.
    assert await sessions.sweep(NOW) == 2
    assert await sessions.revoke_all(account.id) == 2
