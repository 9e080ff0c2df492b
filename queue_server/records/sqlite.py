"""The records' tables and statements, in SQLite."""

import json
import sqlite3
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from queue_server.records.accounts import Account
from queue_server.records.devices import Device
from queue_server.records.errors import NoteMismatch, UserTaken
from queue_server.records.identity import ENDED_KEPT, Ended, SignedIn
from queue_server.records.instants import at_ms, ms
from queue_server.records.notes import Doubtful, Look, Note
from queue_server.records.outbox import Backlog, Message
from queue_server.records.photos import Photo
from queue_server.records.sessions import Session
from queue_server.records.sqlite_file import Row, SqliteFile

__all__ = ["SqliteRecordStore"]

AT_ONCE = 1_000  # rows, for whoever walks through a table

APPLICATION_ID = 0x6A696172  # "jiar": tells our file from any other SQLite file, the journal's ("jiao") too
FIRST = (
    # Times are milliseconds since 1970, UTC. `halls` is a JSON array.
    """CREATE TABLE accounts (
        id TEXT PRIMARY KEY,
        user TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        halls TEXT NOT NULL,
        counter INTEGER,
        capacity TEXT,
        disabled INTEGER NOT NULL
    )""",
    """CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY,
        account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        last_seen INTEGER NOT NULL
    )""",
    "CREATE INDEX sessions_of_account ON sessions (account)",
    """CREATE TABLE devices (
        id TEXT PRIMARY KEY,
        token_hash TEXT NOT NULL UNIQUE,
        hall TEXT NOT NULL,
        role TEXT NOT NULL,
        counter INTEGER,
        label TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        revoked_at INTEGER,
        last_seen INTEGER
    )""",
    "CREATE INDEX devices_of_hall ON devices (hall)",
    """CREATE TABLE notes (
        ref TEXT PRIMARY KEY,
        hall TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        expires_at INTEGER NOT NULL,
        confirmed INTEGER NOT NULL
    )""",
    "CREATE INDEX notes_by_expiry ON notes (expires_at)",
    "CREATE TABLE looks (ref TEXT NOT NULL, reader TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE INDEX looks_at_note ON looks (ref)",
    "CREATE INDEX looks_by_time ON looks (at)",
    "CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
)
PHOTOS = (
    """CREATE TABLE photos (
        account TEXT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,
        picture BLOB NOT NULL
    )""",
)
OUTBOX = (
    """CREATE TABLE messages (
        place INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which they were added
        id TEXT NOT NULL UNIQUE,
        hall TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        body BLOB NOT NULL,
        phone_ref TEXT,
        made_at INTEGER NOT NULL,
        until INTEGER NOT NULL,
        state TEXT NOT NULL,
        next_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        tried_at INTEGER,
        answer INTEGER,
        fault TEXT
    )""",
    "CREATE INDEX messages_waiting ON messages (hall, place, next_at) WHERE state = 'waiting'",
    "CREATE INDEX messages_of_hall ON messages (hall, subject, place)",
    "CREATE TABLE followed (hall TEXT PRIMARY KEY, seq INTEGER NOT NULL)",
)
ENDED = (
    "CREATE TABLE ended (number INTEGER PRIMARY KEY AUTOINCREMENT, token_hash TEXT NOT NULL)",
    """CREATE TRIGGER session_ended AFTER DELETE ON sessions BEGIN
        INSERT INTO ended (token_hash) VALUES (old.token_hash);
    END""",
    """CREATE TRIGGER device_ended AFTER UPDATE OF revoked_at ON devices WHEN old.revoked_at IS NULL BEGIN
        INSERT INTO ended (token_hash) VALUES (new.token_hash);
    END""",
)
SCHEMA = (FIRST, PHOTOS, OUTBOX, ENDED)
"""What each version adds to the one before."""


class SqliteRecordStore:
    """The record store in the file `path`, readable by its owner alone; ":memory:" for one that ends with `close`.

    The folder must exist. The methods are described by the contract: `base` and the modules that it names.
    """

    def __init__(self, path: Path | str) -> None:
        self._file = SqliteFile(path, APPLICATION_ID, SCHEMA)

    async def open(self) -> None:
        await self._file.open()

    async def close(self) -> None:
        await self._file.close()

    async def backup(self, target: Path) -> None:
        await self._file.backup(target, "secrets")

    async def add_account(self, account: Account, password_hash: str) -> None:
        row = {**_account_row(account), "password_hash": password_hash}

        def work(db: sqlite3.Connection) -> None:
            try:
                _insert(db, "accounts", row)
            except sqlite3.IntegrityError as error:
                raise UserTaken(account.user) from error

        await self._file.write(work)

    async def account(self, id: str) -> Account | None:
        rows = await self._file.rows("SELECT * FROM accounts WHERE id = ?", id)
        return _account(rows[0]) if rows else None

    async def credentials(self, user: str) -> tuple[Account, str] | None:
        rows = await self._file.rows("SELECT * FROM accounts WHERE user = ?", user)
        return (_account(rows[0]), rows[0]["password_hash"]) if rows else None

    async def all_accounts(self) -> list[Account]:
        return [_account(row) for row in await self._file.rows("SELECT * FROM accounts ORDER BY user")]

    async def hall_accounts(self, hall: str) -> list[Account]:
        statement = "SELECT * FROM accounts WHERE EXISTS (SELECT 1 FROM json_each(halls) WHERE value = ?) ORDER BY user"
        return [_account(row) for row in await self._file.rows(statement, hall)]

    async def these_accounts(self, ids: Collection[str]) -> list[Account]:
        statement = "SELECT * FROM accounts WHERE id IN (SELECT value FROM json_each(?))"
        return [_account(row) for row in await self._file.rows(statement, json.dumps(list(ids)))]

    async def any_account(self) -> bool:
        return bool(await self._file.rows("SELECT 1 FROM accounts LIMIT 1"))

    async def update_account(self, account: Account) -> bool:
        row = _account_row(account)

        def work(db: sqlite3.Connection) -> bool:
            db.execute(
                "DELETE FROM sessions WHERE account = :id AND (:disabled OR account IN "
                "(SELECT id FROM accounts WHERE role != :role OR halls != :halls))",
                row,
            )
            updated = db.execute(
                "UPDATE accounts SET name = :name, role = :role, halls = :halls, counter = :counter, "
                "capacity = :capacity, disabled = :disabled WHERE id = :id",
                row,
            )
            return updated.rowcount > 0

        return await self._file.write(work)

    async def delete_account(self, id: str) -> bool:
        return await self._file.execute("DELETE FROM accounts WHERE id = ?", id) > 0

    async def replace_password(self, id: str, new: str) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            db.execute("DELETE FROM sessions WHERE account = ?", (id,))
            return db.execute("UPDATE accounts SET password_hash = ? WHERE id = ?", (new, id)).rowcount > 0

        return await self._file.write(work)

    async def renew_password_hash(self, id: str, old: str, new: str) -> None:
        await self._file.execute(
            "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", new, id, old
        )

    async def add_session(self, session: Session) -> None:
        await self._file.execute(
            "INSERT INTO sessions (account, token_hash, created_at, expires_at, last_seen) "
            "SELECT id, ?, ?, ?, ? FROM accounts WHERE id = ? AND NOT disabled",
            session.token_hash,
            ms(session.created_at),
            ms(session.expires_at),
            ms(session.last_seen),
            session.account,
        )

    async def delete_session(self, token_hash: str) -> bool:
        return await self._file.execute("DELETE FROM sessions WHERE token_hash = ?", token_hash) > 0

    async def delete_sessions(self, account: str) -> int:
        return await self._file.execute("DELETE FROM sessions WHERE account = ?", account)

    async def sweep_sessions(self, now: datetime, unused_since: datetime) -> int:
        times = ms(now), ms(unused_since)

        def work(db: sqlite3.Connection) -> int:
            db.execute("DELETE FROM ended WHERE number <= (SELECT max(number) FROM ended) - ?", (ENDED_KEPT,))
            return db.execute("DELETE FROM sessions WHERE expires_at <= ? OR last_seen < ?", times).rowcount

        return await self._file.write(work)

    async def add_device(self, device: Device, token_hash: str) -> None:
        row = {**_device_row(device), "token_hash": token_hash}
        await self._file.write(lambda db: _insert(db, "devices", row))

    async def device(self, id: str) -> Device | None:
        rows = await self._file.rows("SELECT * FROM devices WHERE id = ?", id)
        return _device(rows[0]) if rows else None

    async def all_devices(self, hall: str | None) -> list[Device]:
        rows = await self._file.rows(
            "SELECT * FROM devices WHERE hall = ?1 OR ?1 IS NULL ORDER BY created_at, rowid", hall
        )
        return [_device(row) for row in rows]

    async def revoke_device(self, id: str, at: datetime) -> bool:
        statement = "UPDATE devices SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?"
        return await self._file.execute(statement, ms(at), id) > 0

    async def all_tokens(self) -> dict[str, str]:
        return {row["id"]: row["token_hash"] for row in await self._file.rows("SELECT id, token_hash FROM devices")}

    async def holders(self, token_hashes: Collection[str]) -> dict[str, SignedIn | Device]:
        hashes = json.dumps(list(token_hashes))

        def work(db: sqlite3.Connection) -> dict[str, SignedIn | Device]:
            holders: dict[str, SignedIn | Device] = {}
            for row in db.execute(
                "SELECT * FROM sessions JOIN accounts ON accounts.id = account "
                "WHERE token_hash IN (SELECT value FROM json_each(?))",
                (hashes,),
            ):
                holders[row["token_hash"]] = SignedIn(_session(row), _account(row))
            for row in db.execute(
                "SELECT * FROM devices WHERE token_hash IN (SELECT value FROM json_each(?))",
                (hashes,),
            ):
                holders[row["token_hash"]] = _device(row)
            return holders

        return await self._file.read(work)

    async def ended(self, after: int) -> Ended:
        def work(db: sqlite3.Connection) -> Ended:
            last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'ended'").fetchone()
            number: int = last["seq"] if last else 0
            rows = db.execute("SELECT token_hash FROM ended WHERE number > ?", (after,)).fetchall()
            known = number - after == len(rows)
            return Ended(number, frozenset(row["token_hash"] for row in rows) if known else None)

        return await self._file.read(work)

    async def touch(self, seen: Mapping[str, datetime]) -> None:
        times = [(ms(at), token_hash) for token_hash, at in seen.items()]

        def work(db: sqlite3.Connection) -> None:
            db.executemany("UPDATE sessions SET last_seen = max(last_seen, ?) WHERE token_hash = ?", times)
            db.executemany("UPDATE devices SET last_seen = max(coalesce(last_seen, 0), ?) WHERE token_hash = ?", times)

        await self._file.write(work)

    async def put_note(self, note: Note) -> None:
        await self.add_notes([note])

    async def confirm_notes(self, expiries: Mapping[str, datetime]) -> set[str]:
        times = {ref: ms(at) for ref, at in expiries.items()}

        def work(db: sqlite3.Connection) -> set[str]:
            return {
                ref
                for ref, at in times.items()
                if db.execute("UPDATE notes SET expires_at = ?, confirmed = 1 WHERE ref = ?", (at, ref)).rowcount
            }

        return await self._file.write(work) if times else set()

    async def look_at_notes(self, refs: Collection[str], reader: str, now: datetime) -> list[Note]:
        asked, at = json.dumps(list(refs)), ms(now)

        def work(db: sqlite3.Connection) -> list[Note]:
            rows = db.execute(
                "SELECT * FROM notes WHERE ref IN (SELECT value FROM json_each(?)) AND expires_at > ? ORDER BY ref",
                (asked, at),
            ).fetchall()
            db.executemany("INSERT INTO looks VALUES (?, ?, ?)", [(row["ref"], reader, at) for row in rows])
            return [_note(row) for row in rows]

        return await self._file.write(work)

    async def looks(self, ref: str) -> list[Look]:
        rows = await self._file.rows("SELECT * FROM looks WHERE ref = ? ORDER BY at, rowid", ref)
        return [Look(ref=row["ref"], reader=row["reader"], at=at_ms(row["at"])) for row in rows]

    async def doubtful_notes(self, now: datetime, after: str, limit: int) -> list[Doubtful]:
        rows = await self._file.rows(
            "SELECT ref, hall, kind FROM notes WHERE expires_at <= ? AND NOT confirmed AND ref > ? "
            "ORDER BY ref LIMIT ?",
            ms(now),
            after,
            limit,
        )
        return [Doubtful(**row) for row in rows]

    async def forget_notes(self, refs: Collection[str]) -> int:
        return await self._file.execute(
            "DELETE FROM notes WHERE ref IN (SELECT value FROM json_each(?))", json.dumps(list(refs))
        )

    async def sweep_notes(self, now: datetime, unreferenced: Collection[str], looks_before: datetime) -> int:
        refs, at, before = json.dumps(list(unreferenced)), ms(now), ms(looks_before)

        def work(db: sqlite3.Connection) -> int:
            db.execute("DELETE FROM looks WHERE at < ?", (before,))
            return db.execute(
                "DELETE FROM notes WHERE expires_at <= ? AND (confirmed OR ref IN (SELECT value FROM json_each(?)))",
                (at, refs),
            ).rowcount

        deleted = await self._file.write(work)
        await self._file.settle()
        return deleted

    async def all_notes(self) -> AsyncIterator[list[Note]]:
        async for rows in self._walk("notes"):
            yield [_note(row) for row in rows]

    async def all_looks(self) -> AsyncIterator[list[Look]]:
        async for rows in self._walk("looks"):
            yield [Look(ref=row["ref"], reader=row["reader"], at=at_ms(row["at"])) for row in rows]

    async def add_notes(self, notes: Sequence[Note]) -> None:
        def work(db: sqlite3.Connection) -> None:
            for note in notes:
                _put_note(db, note)

        await self._file.write(work)

    async def add_looks(self, looks: Sequence[Look]) -> None:
        rows = [(look.ref, look.reader, ms(look.at)) for look in looks]
        statement = (
            "INSERT INTO looks SELECT ?1, ?2, ?3 "
            "WHERE NOT EXISTS (SELECT 1 FROM looks WHERE ref = ?1 AND reader = ?2 AND at = ?3)"
        )
        await self._file.write(lambda db: db.executemany(statement, rows))

    async def put_photo(self, photo: Photo) -> bool:
        statement = (
            "INSERT INTO photos SELECT id, ?2, ?3 FROM accounts WHERE id = ?1 "
            "ON CONFLICT (account) DO UPDATE SET digest = excluded.digest, picture = excluded.picture"
        )
        return await self._file.execute(statement, photo.account, photo.digest, photo.picture) > 0

    async def photo(self, account: str) -> Photo | None:
        rows = await self._file.rows("SELECT * FROM photos WHERE account = ?", account)
        return Photo(**rows[0]) if rows else None

    async def photo_digests(self, accounts: Collection[str]) -> dict[str, str]:
        statement = "SELECT account, digest FROM photos WHERE account IN (SELECT value FROM json_each(?))"
        rows = await self._file.rows(statement, json.dumps(list(accounts)))
        return {row["account"]: row["digest"] for row in rows}

    async def delete_photo(self, account: str) -> bool:
        return await self._file.execute("DELETE FROM photos WHERE account = ?", account) > 0

    async def secret(self, name: str, fresh: bytes) -> bytes:
        def work(db: sqlite3.Connection) -> bytes:
            db.execute("INSERT INTO secrets VALUES (?, ?) ON CONFLICT DO NOTHING", (name, fresh))
            value: bytes = db.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()["value"]
            return value

        return await self._file.write(work)

    async def known_secret(self, name: str) -> bytes | None:
        rows = await self._file.rows("SELECT value FROM secrets WHERE name = ?", name)
        return rows[0]["value"] if rows else None

    async def all_secrets(self) -> dict[str, bytes]:
        return {row["name"]: row["value"] for row in await self._file.rows("SELECT name, value FROM secrets")}

    async def replace_secret(self, name: str, value: bytes) -> None:
        statement = "INSERT INTO secrets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        await self._file.execute(statement, name, value)

    async def add_messages(self, messages: Sequence[Message]) -> set[str]:
        rows = [_message_row(message) for message in messages]
        columns, places = ", ".join(rows[0]), ", ".join(f":{column}" for column in rows[0])
        statement = f"INSERT INTO messages ({columns}) VALUES ({places}) ON CONFLICT (id) DO NOTHING"  # noqa: S608

        def work(db: sqlite3.Connection) -> set[str]:
            return {row["id"] for row in rows if db.execute(statement, row).rowcount}

        return await self._file.write(work)

    async def due_messages(
        self, now: datetime, again_at: datetime, without: Collection[str], limit: int
    ) -> list[Message]:
        def work(db: sqlite3.Connection) -> list[Message]:
            rows = db.execute(
                "SELECT * FROM messages WHERE place IN (SELECT min(place) FROM messages WHERE state = 'waiting' "
                "AND next_at <= ? AND hall NOT IN (SELECT value FROM json_each(?)) GROUP BY hall) "
                "ORDER BY next_at, place LIMIT ?",
                (ms(now), json.dumps(list(without)), limit),
            ).fetchall()
            db.executemany(
                "UPDATE messages SET next_at = ? WHERE place = ?", [(ms(again_at), row["place"]) for row in rows]
            )
            return [_message(row | {"next_at": ms(again_at)}) for row in rows]

        # Nothing is due most of the time: that costs a read of an index, and no write.
        due = await self._file.rows("SELECT 1 FROM messages WHERE state = 'waiting' AND next_at <= ? LIMIT 1", ms(now))
        return await self._file.write(work) if due else []

    async def message_tried(self, message: Message) -> bool:
        def work(db: sqlite3.Connection) -> bool:
            statement = (
                "UPDATE messages SET state = :state, next_at = :next_at, attempts = :attempts, tried_at = :tried_at, "
                "answer = :answer, fault = :fault WHERE id = :id AND state = 'waiting'"
            )
            return db.execute(statement, _message_row(message)).rowcount > 0

        return await self._file.write(work)

    async def newest_messages(self, hall: str, limit: int) -> list[Message]:
        statement = "SELECT * FROM messages WHERE hall = ? ORDER BY place DESC LIMIT ?"
        return [_message(row) for row in await self._file.rows(statement, hall, limit)]

    async def told_last(self, hall: str) -> dict[str, Message]:
        rows = await self._file.rows(
            "SELECT * FROM messages WHERE place IN "
            "(SELECT max(place) FROM messages WHERE hall = ? AND subject != '' GROUP BY subject)",
            hall,
        )
        return {row["subject"]: _message(row) for row in rows}

    async def backlog(self) -> Backlog:
        (row,) = await self._file.rows(
            "SELECT count(*) AS waiting, min(made_at) AS oldest_at FROM messages WHERE state = 'waiting'"
        )
        return Backlog(row["waiting"], _optional_time(row["oldest_at"]))

    async def sweep_messages(self, before: datetime) -> int:
        statement = (
            "DELETE FROM messages WHERE state != 'waiting' AND made_at < ? AND (subject = '' OR place < "
            "(SELECT max(place) FROM messages AS later WHERE later.hall = messages.hall "
            "AND later.subject = messages.subject))"
        )
        return await self._file.execute(statement, ms(before))

    async def followed(self) -> dict[str, int]:
        return {row["hall"]: row["seq"] for row in await self._file.rows("SELECT hall, seq FROM followed")}

    async def follow(self, hall: str, seq: int | None) -> None:
        if seq is None:
            await self._file.execute("DELETE FROM followed WHERE hall = ?", hall)
        else:
            statement = "INSERT INTO followed VALUES (?, ?) ON CONFLICT (hall) DO UPDATE SET seq = excluded.seq"
            await self._file.execute(statement, hall, seq)

    async def _walk(self, table: str) -> AsyncIterator[list[Row]]:
        """All rows of a table, some at a time."""
        statement = f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608 - names are our own
        after = 0
        while rows := await self._file.rows(statement, after, AT_ONCE):
            yield rows
            after = rows[-1]["rowid"]


def _put_note(db: sqlite3.Connection, note: Note) -> None:
    row = {**msgspec.structs.asdict(note), "expires_at": ms(note.expires_at)}
    there = db.execute("SELECT hall, kind, text, confirmed FROM notes WHERE ref = ?", (note.ref,)).fetchone()
    if there is None:
        _insert(db, "notes", row)
    elif (there["hall"], there["kind"], there["text"]) != (note.hall, note.kind, note.text):
        raise NoteMismatch(note.ref)
    elif not there["confirmed"]:
        db.execute("UPDATE notes SET expires_at = max(expires_at, :expires_at) WHERE ref = :ref", row)


def _insert(db: sqlite3.Connection, table: str, row: Row) -> None:
    places = ", ".join(f":{column}" for column in row)
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", row)  # noqa: S608 — names are our own


def _optional_time(at: int | None) -> datetime | None:
    return None if at is None else at_ms(at)


def _account_row(account: Account) -> Row:
    return {**msgspec.structs.asdict(account), "halls": json.dumps(account.halls, ensure_ascii=False)}


def _account(row: Row) -> Account:
    return Account(
        id=row["id"],
        user=row["user"],
        name=row["name"],
        role=row["role"],
        halls=tuple(json.loads(row["halls"])),
        counter=row["counter"],
        capacity=row["capacity"],
        disabled=bool(row["disabled"]),
    )


def _session(row: Row) -> Session:
    return Session(
        token_hash=row["token_hash"],
        account=row["account"],
        created_at=at_ms(row["created_at"]),
        expires_at=at_ms(row["expires_at"]),
        last_seen=at_ms(row["last_seen"]),
    )


def _device_row(device: Device) -> Row:
    return {
        **msgspec.structs.asdict(device),
        "created_at": ms(device.created_at),
        "revoked_at": None if device.revoked_at is None else ms(device.revoked_at),
        "last_seen": None if device.last_seen is None else ms(device.last_seen),
    }


def _device(row: Row) -> Device:
    return Device(
        id=row["id"],
        hall=row["hall"],
        role=row["role"],
        counter=row["counter"],
        label=row["label"],
        created_at=at_ms(row["created_at"]),
        revoked_at=_optional_time(row["revoked_at"]),
        last_seen=_optional_time(row["last_seen"]),
    )


def _note(row: Row) -> Note:
    return Note(
        ref=row["ref"],
        hall=row["hall"],
        kind=row["kind"],
        text=row["text"],
        expires_at=at_ms(row["expires_at"]),
        confirmed=bool(row["confirmed"]),
    )


def _message_row(message: Message) -> Row:
    return {
        **msgspec.structs.asdict(message),
        "made_at": ms(message.made_at),
        "until": ms(message.until),
        "next_at": ms(message.next_at),
        "tried_at": None if message.tried_at is None else ms(message.tried_at),
    }


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        hall=row["hall"],
        kind=row["kind"],
        subject=row["subject"],
        body=row["body"],
        phone_ref=row["phone_ref"],
        made_at=at_ms(row["made_at"]),
        until=at_ms(row["until"]),
        state=row["state"],
        next_at=at_ms(row["next_at"]),
        attempts=row["attempts"],
        tried_at=_optional_time(row["tried_at"]),
        answer=row["answer"],
        fault=row["fault"],
    )
