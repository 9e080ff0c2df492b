"""What stands in the bytes of the SQLite store's files, and what a killed process leaves. The contract: `test_base`."""

import asyncio
import sys
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

from queue_server.records.notes import DRAFT, Doubtful
from queue_server.records.records import Records
from queue_server.records.sqlite import APPLICATION_ID, SCHEMA, SqliteRecordStore
from queue_server.records.sqlite_file import SqliteFile
from queue_server.records.tokens import hash_token
from tests.records.conftest import NOW, cheap_passwords


async def opened(path: Path) -> Records:
    records = Records(SqliteRecordStore(path), passwords=cheap_passwords())
    await records.open()
    return records


def all_bytes(folder: Path) -> bytes:
    """Return what someone who stole the disk has: the file and its logs."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


async def test_no_password_and_no_token_stands_in_the_files(tmp_path: Path) -> None:
    records = await opened(tmp_path / "records.db")
    account, random = await records.accounts.create("zhang", "张伟", "clerk")
    chosen = await records.accounts.set_password(account.id, "sunny-day in Pingtan")
    session, session_token = await records.sessions.open(account.id, NOW)
    _, device_token = await records.devices.create("town", "kiosk", NOW)
    assert await records.accounts.authenticate("zhang", chosen)
    assert await records.identify(session_token, NOW)
    assert await records.identify(device_token, NOW)

    while_open = all_bytes(tmp_path)
    await records.close()
    for stored in (while_open, all_bytes(tmp_path)):
        assert session.token_hash.encode() in stored  # the search would find them
        for hidden in (random, chosen, session_token, device_token):
            assert hidden.encode() not in stored


async def test_a_swept_note_is_gone_from_the_files(tmp_path: Path) -> None:
    async def none_referenced(doubtful: Sequence[Doubtful]) -> Collection[str]:
        return ()

    records = await opened(tmp_path / "records.db")
    short, long = "13812345678", "她说孩子病了，急着去医院。" * 1000  # within a page, and over several
    for n, text in enumerate((short, long)):
        await records.notes.put(f"n_{n}", "town", "phone", text, NOW + DRAFT)
    assert short.encode() in all_bytes(tmp_path)
    assert long[:100].encode() in all_bytes(tmp_path)
    assert (await records.tidy(NOW + DRAFT, none_referenced)).deleted == 2
    for part in (short, "孩子病了"):
        assert part.encode() not in all_bytes(tmp_path)
    await records.close()


async def test_records_from_before_there_were_photos_take_them(tmp_path: Path) -> None:
    """With everybody who was in them."""
    path = tmp_path / "records.db"
    older = SqliteFile(path, APPLICATION_ID, SCHEMA[:1])
    await older.open()
    await older.execute(
        "INSERT INTO accounts VALUES ('u_1', 'zhang', 'hash', '张伟', 'clerk', '[\"town\"]', NULL, NULL, 0)"
    )
    await older.close()
    records = await opened(path)
    await records.photos.put("u_1", b"a picture")
    assert [account.name for account in await records.accounts.all("town")] == ["张伟"]
    assert (await records.photos.digests(["u_1"])).keys() == {"u_1"}
    await records.close()


async def test_a_photo_that_was_taken_away_is_gone_from_the_files(tmp_path: Path) -> None:
    """Replaced, deleted, or its owner's account deleted: with the next tidying at the latest."""

    async def none_referenced(doubtful: Sequence[Doubtful]) -> Collection[str]:
        return ()

    records = await opened(tmp_path / "records.db")
    account, _ = await records.accounts.create("zhang", "张伟", "clerk")
    pictures = [f"picture {n} ".encode() * 3000 for n in range(3)]
    for picture in pictures:
        await records.photos.put(account.id, picture)
    assert pictures[2][:100] in all_bytes(tmp_path)
    await records.photos.delete(account.id)
    await records.photos.put(account.id, pictures[0])
    await records.accounts.delete(account.id)
    await records.tidy(NOW, none_referenced)
    assert not any(picture[:100] in all_bytes(tmp_path) for picture in pictures)
    await records.close()


async def test_a_backup_can_be_opened_in_the_originals_place(tmp_path: Path) -> None:
    records = await opened(tmp_path / "records.db")
    account, password = await records.accounts.create("zhang", "张伟", "clerk")
    secret = await records.secrets.secret("fingerprint")
    await records.backup(tmp_path / "copy.db")
    await records.accounts.delete(account.id)
    await records.close()

    restored = await opened(tmp_path / "copy.db")
    assert await restored.accounts.authenticate("zhang", password) == account
    assert await restored.secrets.secret("fingerprint") != secret
    await restored.close()


async def test_no_secret_is_in_a_backup(tmp_path: Path) -> None:
    """A lost backup lets nobody work out a token, or try passwords faster than argon2 lets him."""
    records = await opened(tmp_path / "records.db")
    secret = await records.secrets.secret("fingerprint")
    await records.backup(tmp_path / "copy.db")
    assert await records.secrets.secret("fingerprint") == secret
    await records.close()
    assert secret in (tmp_path / "records.db").read_bytes()
    assert secret not in (tmp_path / "copy.db").read_bytes()


WRITER = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from tests.records.conftest import NOW, cheap_passwords

async def write():
    records = Records(SqliteRecordStore(Path(sys.argv[1])), passwords=cheap_passwords())
    await records.open()
    account, password = await records.accounts.create("zhang", "张伟", "clerk", halls=("town",))
    _, session = await records.sessions.open(account.id, NOW)
    _, device = await records.devices.create("town", "kiosk", NOW)
    print(password, session, device, (await records.secrets.secret("fingerprint")).hex(), flush=True)
    for n in range(1_000_000):
        await records.notes.put(f"n_{n}", "town", "call_reason", f"reason {n}", NOW.replace(year=2099))
        print(n, flush=True)

asyncio.run(write())
"""


async def test_whatever_a_killed_process_had_written_is_there(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    password, session, device, secret = (await process.stdout.readline()).decode().split()
    for _ in range(50):
        await process.stdout.readline()
    process.kill()
    rest = (await process.stdout.read()).decode().splitlines()
    await process.wait()
    written = 50 + sum(line.isdigit() for line in rest[:-1])  # the last line may be cut short

    records = await opened(path)
    account = await records.accounts.authenticate("zhang", password)
    assert account is not None
    assert account.name == "张伟"
    assert await records.identify(session, NOW + timedelta(minutes=1))
    assert await records.identify(device, NOW)
    assert await records.dead([hash_token(session), hash_token(device)], NOW) == set()
    assert (await records.secrets.secret("fingerprint")).hex() == secret
    notes = await records.notes.get_many([f"n_{n}" for n in range(written)], "u_1", NOW)
    assert {ref: note.text for ref, note in notes.items()} == {f"n_{n}": f"reason {n}" for n in range(written)}
    await records.close()
