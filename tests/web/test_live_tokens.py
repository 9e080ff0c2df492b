"""The tokens behind open sockets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.records.tokens import hash_token
from queue_server.web.live_tokens import LiveTokens

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    """An empty store."""
    records = Records(SqliteRecordStore(tmp_path / "records.db"))
    await records.open()
    yield records
    await records.close()


async def test_a_revoked_token_is_found_dead_while_its_socket_is_open(records: Records) -> None:
    """Told once as news; forgotten with its last socket."""
    device, token = await records.devices.create("town", "screen", NOW)
    held, tokens = hash_token(token), LiveTokens(records)
    with tokens.holding(held):
        with tokens.holding(held):
            assert not await tokens.look(NOW)
            await records.devices.revoke(device.id, NOW)
        assert await tokens.look(NOW)
        assert tokens.dead == {held}
        assert not await tokens.look(NOW)
        assert tokens.dead == {held}
    assert not await tokens.look(NOW)
    assert tokens.dead == set()


async def test_a_session_dies_by_itself(records: Records) -> None:
    """Nobody has to revoke one that has expired."""
    account, _ = await records.accounts.create("wang", "王芳", "clerk", halls=("town",))
    _, token = await records.sessions.open(account.id, NOW)
    tokens = LiveTokens(records)
    with tokens.holding(hash_token(token)):
        assert not await tokens.look(NOW)
        assert await tokens.look(NOW + timedelta(days=2))


async def test_one_who_dies_among_many(records: Records) -> None:
    """Only that one."""
    made = [await records.devices.create("town", "screen", NOW) for _ in range(3)]
    tokens = LiveTokens(records)
    with (
        tokens.holding(hash_token(made[0][1])),
        tokens.holding(hash_token(made[1][1])),
        tokens.holding(hash_token(made[2][1])),
    ):
        await records.devices.revoke(made[1][0].id, NOW)
        assert await tokens.look(NOW)
        assert tokens.dead == {hash_token(made[1][1])}


async def test_a_socket_without_a_token(records: Records) -> None:
    """The public's are not looked at."""
    tokens = LiveTokens(records)
    with tokens.holding(None):
        assert not await tokens.look(NOW)
