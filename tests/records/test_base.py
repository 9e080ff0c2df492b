"""The contract that every record store keeps; `base` states it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.errors import NoteMismatch, RecordsUnavailable, UserTaken
from queue_server.records.identity import Ended, SignedIn
from queue_server.records.notes import Doubtful, Look, Note
from queue_server.records.photos import Photo
from queue_server.records.sessions import Session
from tests.records.conftest import COPIED, NOW

MINUTE = timedelta(minutes=1)
FAR = NOW + timedelta(days=365)

CLERK = Account(
    id="u_0000000000000001",
    user="zhang.wei",
    name="张伟",
    role="clerk",
    halls=("town", "village"),
    counter=3,
    capacity="A",
)
DISTRICT = Account(id="u_0000000000000002", user="qu", name="区级", role="district")
KIOSK = Device(id="d_0000000000000001", hall="town", role="kiosk", label="门口", created_at=NOW)
EVALUATOR = Device(id="d_0000000000000002", hall="town", role="evaluator", counter=3, created_at=NOW)
ELSEWHERE = Device(id="d_0000000000000003", hall="village", role="screen", created_at=NOW)


def session(token_hash: str = "s1", account: str = CLERK.id, at: datetime = NOW) -> Session:
    return Session(
        token_hash=token_hash, account=account, created_at=at, expires_at=at + timedelta(hours=12), last_seen=at
    )


def note(ref: str = "n_1", expires_at: datetime = NOW + MINUTE, text: str = "身份证已过期") -> Note:
    return Note(ref=ref, hall="town", kind="hold_reason", text=text, expires_at=expires_at)


# Accounts


async def test_an_account_is_found_by_id_and_login_name(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    assert await store.account(CLERK.id) == CLERK
    assert await store.credentials(CLERK.user) == (CLERK, "hash")
    assert await store.account("u_unknown") is None
    assert await store.credentials("unknown") is None


async def test_accounts_are_listed_by_login_name(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_account(DISTRICT, "hash")
    assert await store.all_accounts() == [DISTRICT, CLERK]


async def test_the_accounts_of_a_hall_follow_every_change(store: RecordStore) -> None:
    other = msgspec.structs.replace(CLERK, id="u_0000000000000003", user="li", halls=("town",))
    for account in (CLERK, DISTRICT, other):
        await store.add_account(account, "hash")
    assert await store.hall_accounts("town") == [other, CLERK]
    assert await store.hall_accounts("hamlet") == []
    moved = msgspec.structs.replace(CLERK, halls=("village", "hamlet"))
    await store.update_account(moved)
    assert await store.hall_accounts("town") == [other]
    assert await store.hall_accounts("village") == await store.hall_accounts("hamlet") == [moved]
    await store.delete_account(CLERK.id)
    assert await store.hall_accounts("village") == []


async def test_accounts_are_found_by_their_ids(store: RecordStore) -> None:
    assert not await store.any_account()
    await store.add_account(CLERK, "hash")
    await store.add_account(DISTRICT, "hash")
    assert await store.any_account()
    assert await store.these_accounts([]) == []
    assert await store.these_accounts([DISTRICT.id, "u_unknown"]) == [DISTRICT]


async def test_of_many_accounts_with_one_login_name_one_is_added(store: RecordStore) -> None:
    twins = [msgspec.structs.replace(CLERK, id=f"u_{n:016x}") for n in range(20)]
    outcomes = await asyncio.gather(*(store.add_account(twin, "hash") for twin in twins), return_exceptions=True)
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, UserTaken) and outcome.user == CLERK.user for outcome in outcomes) == 19
    assert len(await store.all_accounts()) == 1


async def test_an_update_replaces_all_but_login_name_and_password(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    changed = msgspec.structs.replace(
        CLERK, name="张薇", role="head", halls=("town",), counter=None, capacity=None, disabled=True
    )
    assert await store.update_account(changed)
    assert await store.credentials(CLERK.user) == (changed, "hash")
    assert not await store.update_account(DISTRICT)
    assert await store.all_accounts() == [changed]


async def test_a_new_password_ends_the_sessions(store: RecordStore) -> None:
    await store.add_account(CLERK, "old")
    await store.add_session(session())
    assert await store.replace_password(CLERK.id, "new")
    assert await store.credentials(CLERK.user) == (CLERK, "new")
    assert await store.holders(["s1"]) == {}
    assert not await store.replace_password(DISTRICT.id, "new")


async def test_a_renewed_hash_does_not_overwrite_a_changed_password(store: RecordStore) -> None:
    await store.add_account(CLERK, "old")
    await store.add_session(session())
    await store.renew_password_hash(CLERK.id, "another", "new")
    assert await store.credentials(CLERK.user) == (CLERK, "old")
    await store.renew_password_hash(CLERK.id, "old", "new")
    assert await store.credentials(CLERK.user) == (CLERK, "new")
    assert set(await store.holders(["s1"])) == {"s1"}


async def test_a_deleted_account_takes_its_sessions_along(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    assert await store.delete_account(CLERK.id)
    assert await store.account(CLERK.id) is None
    assert await store.holders(["s1"]) == {}
    assert not await store.delete_account(CLERK.id)


# Sessions


async def test_a_session_is_held_with_its_account(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    assert await store.holders(["s1", "unknown"]) == {"s1": SignedIn(session(), CLERK)}


async def test_no_session_is_made_for_a_disabled_or_unknown_account(store: RecordStore) -> None:
    await store.add_account(msgspec.structs.replace(CLERK, disabled=True), "hash")
    await store.add_session(session())
    await store.add_session(session("s2", account="u_unknown"))
    assert await store.holders(["s1", "s2"]) == {}


async def test_disabling_ends_the_sessions_for_good(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    await store.update_account(msgspec.structs.replace(CLERK, disabled=True))
    await store.update_account(CLERK)
    assert await store.holders(["s1"]) == {}


async def test_another_role_or_hall_ends_the_sessions(store: RecordStore) -> None:
    """What was opened with the old rights goes with them; another name or counter takes nothing away."""
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    await store.update_account(msgspec.structs.replace(CLERK, name="张薇", counter=2))
    assert [*await store.holders(["s1"])] == ["s1"]
    for changed in (msgspec.structs.replace(CLERK, role="guide"), msgspec.structs.replace(CLERK, halls=())):
        await store.update_account(changed)
        assert await store.holders(["s1"]) == {}
        await store.update_account(CLERK)
        await store.add_session(session())


async def test_sessions_are_deleted_one_or_all(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_account(DISTRICT, "hash")
    for token_hash in ("s1", "s2", "s3"):
        await store.add_session(session(token_hash))
    await store.add_session(session("other", account=DISTRICT.id))
    assert await store.delete_session("s1")
    assert not await store.delete_session("s1")
    assert await store.delete_sessions(CLERK.id) == 2
    assert set(await store.holders(["s1", "s2", "s3", "other"])) == {"other"}


async def test_expired_and_unused_sessions_are_swept(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session("expired", at=NOW - timedelta(hours=12)))
    await store.add_session(session("unused", at=NOW - timedelta(hours=3)))
    await store.add_session(session("fresh"))
    assert await store.sweep_sessions(NOW, NOW - timedelta(hours=2)) == 2
    assert set(await store.holders(["expired", "unused", "fresh"])) == {"fresh"}


# Devices and tokens


async def test_devices_are_found_by_id_hall_and_token(store: RecordStore) -> None:
    for device, token_hash in ((KIOSK, "t1"), (EVALUATOR, "t2"), (ELSEWHERE, "t3")):
        await store.add_device(device, token_hash)
    assert await store.device(EVALUATOR.id) == EVALUATOR
    assert await store.device("d_unknown") is None
    assert await store.all_devices("town") == [KIOSK, EVALUATOR]
    assert await store.all_devices(None) == [KIOSK, EVALUATOR, ELSEWHERE]
    assert await store.holders(["t1", "t2"]) == {"t1": KIOSK, "t2": EVALUATOR}


async def test_a_device_is_revoked_once_and_stays_listed(store: RecordStore) -> None:
    await store.add_device(KIOSK, "t1")
    assert await store.revoke_device(KIOSK.id, NOW)
    assert await store.revoke_device(KIOSK.id, NOW + MINUTE)
    revoked = msgspec.structs.replace(KIOSK, revoked_at=NOW)
    assert await store.all_devices("town") == [revoked]
    assert await store.holders(["t1"]) == {"t1": revoked}
    assert not await store.revoke_device("d_unknown", NOW)


async def test_every_token_that_ends_is_told_of_once(store: RecordStore) -> None:
    """However it ended, to whoever asks with the number that it was told last."""
    await store.add_account(CLERK, "hash")
    await store.add_account(DISTRICT, "hash")
    for token_hash in ("left", "all_1", "all_2", "unused"):
        await store.add_session(session(token_hash))
    await store.add_session(session("deleted", account=DISTRICT.id))
    await store.add_device(KIOSK, "kiosk")
    number = (await store.ended(0)).number
    for change, tokens in (
        (store.touch({"left": NOW + MINUTE}), {}),
        (store.delete_session("left"), {"left"}),
        (store.delete_session("left"), {}),
        (store.delete_sessions(CLERK.id), {"all_1", "all_2", "unused"}),
        (store.delete_account(DISTRICT.id), {"deleted"}),
        (store.add_session(session("disabled")), {}),
        (store.update_account(msgspec.structs.replace(CLERK, disabled=True)), {"disabled"}),
        (store.update_account(CLERK), {}),
        (store.add_session(session("password")), {}),
        (store.replace_password(CLERK.id, "new"), {"password"}),
        (store.add_session(session("swept")), {}),
        (store.sweep_sessions(NOW + MINUTE, NOW + MINUTE), {"swept"}),
        (store.revoke_device(KIOSK.id, NOW), {"kiosk"}),
        (store.revoke_device(KIOSK.id, NOW), {}),
    ):
        await change
        ended = await store.ended(number)
        assert ended == Ended(ended.number, frozenset(tokens))
        assert (ended.number > number) == bool(tokens)
        number = ended.number
    assert (await store.ended(number + 1)).token_hashes is None  # of another history


async def test_a_touch_moves_the_last_use_forward_only(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    await store.add_device(KIOSK, "t1")
    await store.touch({"s1": NOW + MINUTE, "t1": NOW + MINUTE, "unknown": NOW})
    await store.touch({"s1": NOW, "t1": NOW})
    assert await store.holders(["s1", "t1"]) == {
        "s1": SignedIn(msgspec.structs.replace(session(), last_seen=NOW + MINUTE), CLERK),
        "t1": msgspec.structs.replace(KIOSK, last_seen=NOW + MINUTE),
    }


async def test_thirty_thousand_tokens_can_be_asked_about_at_once(store: RecordStore) -> None:
    await store.add_device(KIOSK, "t29999")
    assert await store.holders([f"t{n}" for n in range(30_000)]) == {"t29999": KIOSK}


# Notes


async def test_reading_a_note_records_the_look(store: RecordStore) -> None:
    await store.put_note(note())
    assert await store.look_at_notes(["n_1", "n_unknown"], "u_1", NOW) == [note()]
    assert await store.look_at_notes(["n_1"], "u_2", NOW + MINUTE / 2) == [note()]
    assert await store.looks("n_1") == [
        Look(ref="n_1", reader="u_1", at=NOW),
        Look(ref="n_1", reader="u_2", at=NOW + MINUTE / 2),
    ]
    assert await store.looks("n_unknown") == []


async def test_an_expired_note_is_unreadable_before_any_sweep(store: RecordStore) -> None:
    await store.put_note(note(expires_at=NOW))
    assert await store.look_at_notes(["n_1"], "u_1", NOW) == []
    assert await store.looks("n_1") == []


async def test_a_repeated_put_only_puts_the_expiry_off(store: RecordStore) -> None:
    await store.put_note(note(expires_at=NOW + 2 * MINUTE))
    await store.put_note(note(expires_at=NOW + 3 * MINUTE))
    await store.put_note(note(expires_at=NOW + MINUTE))
    assert await store.look_at_notes(["n_1"], "u_1", NOW) == [note(expires_at=NOW + 3 * MINUTE)]


async def test_a_put_after_the_confirmation_changes_nothing(store: RecordStore) -> None:
    await store.put_note(note())
    await store.confirm_notes({"n_1": NOW + 2 * MINUTE})
    await store.put_note(note(expires_at=FAR))
    [kept] = await store.look_at_notes(["n_1"], "u_1", NOW)
    assert kept == msgspec.structs.replace(note(), expires_at=NOW + 2 * MINUTE, confirmed=True)


async def test_one_reference_never_stands_for_two_texts(store: RecordStore) -> None:
    await store.put_note(note())
    with pytest.raises(NoteMismatch) as refusal:
        await store.put_note(note(text="另一个原因"))
    assert refusal.value.ref == "n_1"
    assert await store.look_at_notes(["n_1"], "u_1", NOW) == [note()]


async def test_confirming_tells_which_notes_exist(store: RecordStore) -> None:
    await store.put_note(note())
    assert await store.confirm_notes({"n_1": FAR, "n_unknown": FAR}) == {"n_1"}
    assert await store.confirm_notes({"n_1": FAR}) == {"n_1"}
    assert await store.confirm_notes({}) == set()


async def test_doubtful_are_the_unconfirmed_that_expired(store: RecordStore) -> None:
    for ref in ("n_1", "n_2", "n_3", "n_4"):
        await store.put_note(note(ref, expires_at=NOW))
    await store.put_note(note("n_5", expires_at=FAR))
    await store.confirm_notes({"n_1": NOW})
    doubtful = [Doubtful(ref, "town", "hold_reason") for ref in ("n_2", "n_3", "n_4")]
    assert await store.doubtful_notes(NOW, "", 2) == doubtful[:2]
    assert await store.doubtful_notes(NOW, "n_3", 2) == doubtful[2:]


async def test_a_sweep_deletes_the_expired_that_are_confirmed_or_unreferenced(store: RecordStore) -> None:
    for ref in ("n_confirmed", "n_unreferenced", "n_doubtful"):
        await store.put_note(note(ref, expires_at=NOW))
    for ref in ("n_put_again", "n_lasting"):
        await store.put_note(note(ref, expires_at=NOW + MINUTE))
    await store.confirm_notes({"n_confirmed": NOW, "n_lasting": FAR})
    assert await store.sweep_notes(NOW, ["n_unreferenced", "n_put_again"], NOW) == 2
    before = NOW - MINUTE
    left = await store.look_at_notes(
        ["n_confirmed", "n_unreferenced", "n_doubtful", "n_put_again", "n_lasting"], "u_1", before
    )
    assert [kept.ref for kept in left] == ["n_doubtful", "n_lasting", "n_put_again"]


async def test_looks_outlive_the_note_and_end_by_themselves(store: RecordStore) -> None:
    await store.put_note(note())
    await store.look_at_notes(["n_1"], "u_1", NOW)
    assert await store.forget_notes(["n_1", "n_unknown"]) == 1
    assert await store.look_at_notes(["n_1"], "u_1", NOW) == []
    await store.sweep_notes(NOW, [], NOW)
    assert await store.looks("n_1") == [Look(ref="n_1", reader="u_1", at=NOW)]
    await store.sweep_notes(NOW, [], NOW + MINUTE)
    assert await store.looks("n_1") == []


# Photos


def photo(account: str = CLERK.id, picture: bytes = b"a picture") -> Photo:
    return Photo(account=account, digest=f"digest of {picture!r}", picture=picture)


async def test_an_account_has_one_photo_at_most(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_account(DISTRICT, "hash")
    assert await store.photo(CLERK.id) is None
    for newest in (photo(), photo(picture=b"another")):
        assert await store.put_photo(newest)
        assert await store.photo(CLERK.id) == newest
        assert await store.photo_digests([DISTRICT.id, CLERK.id]) == {CLERK.id: newest.digest}
    assert await store.delete_photo(CLERK.id)
    assert not await store.delete_photo(CLERK.id)
    assert await store.photo(CLERK.id) is None
    assert await store.photo_digests([CLERK.id]) == {}


async def test_nobody_has_no_photo(store: RecordStore) -> None:
    """Neither before an account is there nor after it was deleted; a changed account keeps its own."""
    assert not await store.put_photo(photo())
    await store.add_account(CLERK, "hash")
    assert await store.put_photo(photo())
    assert await store.update_account(msgspec.structs.replace(CLERK, name="张薇"))
    assert await store.photo(CLERK.id) == photo()
    await store.delete_account(CLERK.id)
    assert await store.photo(CLERK.id) is None


# Secrets


async def test_all_who_ask_get_the_first_secret(store: RecordStore) -> None:
    answers = await asyncio.gather(*(store.secret("a", bytes([n])) for n in range(20)))
    assert set(answers) == {answers[0]}
    assert await store.secret("b", b"other") == b"other"


# Times


async def test_times_keep_their_instant_to_the_millisecond(store: RecordStore) -> None:
    at = datetime(2026, 3, 2, 9, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=8)))
    await store.add_device(msgspec.structs.replace(KIOSK, created_at=at), "t1")
    [device] = await store.all_devices(None)
    assert device.created_at == datetime(2026, 3, 2, 1, 30, 0, 123_000, tzinfo=UTC)
    assert device.created_at.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(store: RecordStore) -> None:
    with pytest.raises(ValueError, match="zone"):
        await store.touch({"t1": datetime(2026, 3, 2)})


# Opening, closing, copying


async def fill(store: RecordStore) -> None:
    await store.add_account(CLERK, "hash")
    await store.add_session(session())
    await store.add_device(KIOSK, "t1")
    await store.put_note(note())
    await store.look_at_notes(["n_1"], "u_1", NOW)
    await store.put_photo(photo())
    await store.secret("a", b"secret")


async def assert_filled(store: RecordStore) -> None:
    assert await store.credentials(CLERK.user) == (CLERK, "hash")
    assert await store.holders(["s1", "t1"]) == {"s1": SignedIn(session(), CLERK), "t1": KIOSK}
    assert await store.look_at_notes(["n_1"], "u_1", NOW) == [note()]
    assert (await store.looks("n_1"))[0] == Look(ref="n_1", reader="u_1", at=NOW)
    assert await store.photo(CLERK.id) == photo()
    assert await store.secret("a", b"fresh") == b"secret"


async def test_everything_survives_closing(make_store: Callable[[], RecordStore]) -> None:
    store = make_store()
    await store.open()
    await fill(store)
    await store.close()
    await store.close()
    await store.open()
    await assert_filled(store)
    await store.close()


async def test_two_stores_over_the_same_data_see_each_others_writes(make_store: Callable[[], RecordStore]) -> None:
    one, other = make_store(), make_store()
    await asyncio.gather(one.open(), other.open())
    await fill(one)
    await assert_filled(other)
    twins = [msgspec.structs.replace(DISTRICT, id=f"u_{n:016x}") for n in range(20)]
    outcomes = await asyncio.gather(
        *((one, other)[n % 2].add_account(twin, "hash") for n, twin in enumerate(twins)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert len(await one.all_accounts()) == len(await other.all_accounts()) == 2
    await one.close()
    await other.close()


async def test_a_cancelled_caller_does_not_harm_the_store(store: RecordStore) -> None:
    writing = asyncio.create_task(store.add_account(CLERK, "hash"))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await store.add_account(DISTRICT, "hash")
    assert await store.account(DISTRICT.id) == DISTRICT


async def test_a_closed_store_is_unavailable(store: RecordStore) -> None:
    await store.close()
    with pytest.raises(RecordsUnavailable):
        await store.account(CLERK.id)


@pytest.mark.parametrize("store", COPIED, indirect=True)
async def test_a_backup_holds_everything_and_overwrites_nothing(store: RecordStore, tmp_path: Path) -> None:
    await fill(store)
    target = tmp_path / "copy.db"
    await store.backup(target)
    copied = target.read_bytes()
    with pytest.raises(FileExistsError):
        await store.backup(target)
    assert target.read_bytes() == copied
    await assert_filled(store)
