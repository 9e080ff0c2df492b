"""The server's own secrets."""

import asyncio
from collections.abc import Callable

from queue_server.records.base import RecordStore
from queue_server.records.records import Records
from queue_server.records.secrets import Secrets


async def test_a_secret_is_32_bytes_and_stays_the_same(records: Records) -> None:
    secret = await records.secrets.secret("fingerprint")
    assert len(secret) == 32
    assert await records.secrets.secret("fingerprint") == secret
    assert await records.secrets.secret("hall_code") != secret


async def test_servers_that_start_together_agree(store: RecordStore) -> None:
    secrets = await asyncio.gather(*(Secrets(store).secret("fingerprint") for _ in range(20)))
    assert len(set(secrets)) == 1


async def test_a_secret_survives_a_restart(make_store: Callable[[], RecordStore]) -> None:
    answers = []
    for _ in range(2):
        store = make_store()
        await store.open()
        answers.append(await Secrets(store).secret("fingerprint"))
        await store.close()
    assert answers[0] == answers[1]


async def test_a_webhook_has_a_secret_once_it_was_made_and_then_the_last_one(store: RecordStore) -> None:
    """Every server knows it at once, and no other hall's is touched."""
    one, other = Secrets(store), Secrets(store)
    assert await one.of_webhook("town") is None
    await one.renew_webhook("town", b"first")
    assert await other.of_webhook("town") == b"first"
    await other.renew_webhook("town", b"second")
    assert await one.of_webhook("town") == b"second"
    assert await one.of_webhook("village") is None
