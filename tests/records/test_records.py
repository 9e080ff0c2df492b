"""All records together: opening, tidying, closing."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.records.base import RecordStore
from queue_server.records.errors import RecordsUnavailable
from queue_server.records.notes import DRAFT, Doubtful, Swept
from queue_server.records.records import Records
from queue_server.records.sessions import IDLE, LIFE
from tests.records.conftest import COPIED, NOW, cheap_passwords


async def none_referenced(doubtful: Sequence[Doubtful]) -> Collection[str]:
    return ()


async def test_tidying_stores_the_last_uses_and_deletes_what_has_expired(records: Records, store: RecordStore) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    await records.sessions.open(account.id, NOW - LIFE)
    _, token = await records.sessions.open(account.id, NOW - IDLE + DRAFT)
    device, device_token = await records.devices.create("town", "kiosk", NOW - LIFE)
    await records.notes.put("n_1", "town", "phone", "13812345678", NOW)
    await records.identify(token, NOW)
    await records.identify(device_token, NOW)

    await records.flush()
    assert await records.tidy(NOW + DRAFT, none_referenced) == Swept(mended=0, deleted=1)
    seen = await records.devices.get(device.id)
    assert seen is not None
    assert seen.last_seen == NOW
    assert await records.sessions.revoke_all(account.id) == 1  # used lately, therefore still there


async def test_every_revocation_raises_the_revision(records: Records) -> None:
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    session, _ = await records.sessions.open(account.id, NOW)
    device, _ = await records.devices.create("town", "kiosk", NOW)
    revision = records.revision
    for change in (
        records.sessions.revoke(session.token_hash),
        records.sessions.revoke_all(account.id),
        records.accounts.set_password(account.id),
        records.accounts.disable(account.id),
        records.accounts.delete(account.id),
        records.devices.revoke(device.id, NOW),
    ):
        await change
        assert records.revision > revision
        revision = records.revision


async def test_how_long_sessions_last_is_a_setting(store: RecordStore) -> None:
    hour = timedelta(hours=1)
    records = Records(store, passwords=cheap_passwords(), session_life=3 * hour, session_idle=hour)
    account, _ = await records.accounts.create("zhang", "张", "clerk")
    _, idle = await records.sessions.open(account.id, NOW)
    assert await records.identify(idle, NOW + hour) is None
    session, _ = await records.sessions.open(account.id, NOW)
    assert session.expires_at == NOW + 3 * hour
    await records.close()


@pytest.mark.parametrize("store", COPIED, indirect=True)
async def test_a_backup_is_made_while_open(records: Records, tmp_path: Path) -> None:
    await records.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_size > 0


async def test_closed_records_are_unavailable_until_opened_again(make_store: Callable[[], RecordStore]) -> None:
    records = Records(make_store(), passwords=cheap_passwords())
    with pytest.raises(RecordsUnavailable):
        await records.identify("token", NOW)
    await records.open()
    assert await records.identify("token", NOW) is None
    await records.close()
    with pytest.raises(RecordsUnavailable):
        await records.identify("token", NOW)
