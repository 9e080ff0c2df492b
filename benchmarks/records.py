"""What it costs to know whom tokens stand for, and what records take of a Redis.

    python -m benchmarks.records [--tokens N]

Of the tokens two fifths are people's. Costs are processor time of this process, once it is known which tokens have
died beside the first time that it is asked, and in Redis beside a file; and in Redis, its own.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from queue_server.loop import new_event_loop
from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.identity import Identities
from queue_server.records.notes import Note
from queue_server.records.outbox import Message
from queue_server.records.redis import RedisRecordStore
from queue_server.records.sessions import LIFE, Session
from queue_server.records.sqlite import SqliteRecordStore
from queue_server.records.tokens import hash_token
from queue_server.redis_nodes import Nodes
from tests.redis_server import redis_url

TOGETHER = 50
"""Questions asked at once, as by the clerks of some halls."""
LOOKS = 20
EACH = 2_000
"""Records of a kind, for what one takes."""
NOW = datetime.now(UTC)


def account(n: int) -> Account:
    return Account(
        id=f"u_{n:016x}", user=f"zhang.wei{n}", name="张伟", role="clerk", halls=(f"town-{n // 10}",), counter=3
    )


def session(n: int) -> Session:
    token = hash_token(f"{n}")
    return Session(token_hash=token, account=f"u_{n:016x}", created_at=NOW, expires_at=NOW + LIFE, last_seen=NOW)


def device(n: int) -> Device:
    return Device(id=f"d_{n:016x}", hall=f"town-{n // 10}", role="screen", label="大厅东侧屏", created_at=NOW)


async def for_all(count: int, ask: Callable[[int], Awaitable[object]]) -> None:
    """Some at a time."""
    for begin in range(0, count, TOGETHER):
        await asyncio.gather(*(ask(n) for n in range(begin, min(begin + TOGETHER, count))))


async def costs(name: str, store: RecordStore, tokens: int) -> dict[str, float]:
    """Milliseconds of this process's time, by what is done."""

    async def add(n: int) -> None:
        if n % 5 < 2:
            await store.add_account(account(n), "hash")
            await store.add_session(session(n))
        else:
            await store.add_device(device(n), hash_token(f"{n}"))

    await for_all(tokens, add)
    hashes = [hash_token(f"{n}") for n in range(tokens)]
    identities = Identities(store)
    took: dict[str, float] = {}

    @asynccontextmanager
    async def timed(what: str, times: int = 1) -> AsyncIterator[None]:
        began = time.process_time()
        yield
        took[what] = (time.process_time() - began) * 1000 / times

    async with timed("whom one stands for", tokens):
        await for_all(tokens, lambda n: identities.identify(f"{n}", NOW))
    async with timed("which have died, at first"):
        assert await identities.dead(hashes, NOW) == set()
    async with timed("which have died, every two seconds", LOOKS):
        for _ in range(LOOKS):
            await identities.dead(hashes, NOW)
    async with timed("when they were used last"):
        await identities.flush()
    for what, ms in took.items():
        print(f"{name:6} {what:35} {ms:9.3f} ms")
    return took


async def takes(nodes: Nodes, store: RedisRecordStore) -> None:
    """What a record of each kind takes of Redis. None of these has been there before."""
    key = nodes.key("records")

    async def held() -> int:
        memory: int = (await nodes.ask(key, "INFO", "memory"))["used_memory"]
        return memory

    def note(n: int) -> Note:
        text = "身份证复印件缺一份，下午补来"
        return Note(
            ref=f"n_{n:016x}", hall="town", kind="hold_reason", text=text, expires_at=NOW + LIFE, confirmed=True
        )

    def message(n: int) -> Message:
        until = NOW + timedelta(days=1)
        return Message(
            id=f"msg_{n:032x}", hall="town", kind="alarm", body=b"x" * 300, made_at=NOW, until=until, next_at=NOW
        )

    kinds: dict[str, Callable[[int], Awaitable[object]]] = {
        "account": lambda n: store.add_account(account(n), "x" * 97),
        "session": lambda n: store.add_session(session(n)),
        "device": lambda n: store.add_device(device(n), hash_token(f"device {n}")),
        "note of 14 characters": lambda n: store.put_note(note(n)),
        "look at one": lambda n: store.look_at_notes([f"n_{n:016x}"], f"u_{n:016x}", NOW),
        "message of 300 bytes": lambda n: store.add_messages([message(n)]),
    }
    for kind, add in kinds.items():
        before = await held()
        await for_all(EACH, add)
        print(f"redis  {kind:35} {(await held() - before) / EACH:6.0f} bytes")


async def main(tokens: int) -> None:
    nodes = Nodes(redis_url(), f"{token_hex(4)}:")
    with tempfile.TemporaryDirectory() as folder:
        took = []
        for name, store in (
            ("file", SqliteRecordStore(Path(folder) / "records.db")),
            ("redis", RedisRecordStore(nodes)),
        ):
            await store.open()
            took.append(await costs(name, store, tokens))
            await store.close()
    for what, ms in took[0].items():
        print(f"redis  {what:35} {took[1][what] / ms:9.2f} × file")
    for name, of in zip(("file", "redis"), took, strict=True):
        ratio = of["which have died, every two seconds"] / of["which have died, at first"]
        print(f"{name:6} every two seconds                   {ratio:9.2f} × at first")
    other = Nodes(redis_url(), f"{token_hex(4)}:")
    store = RedisRecordStore(other)
    await store.open()
    await takes(other, store)
    await other.ask(other.key("records"), "CONFIG RESETSTAT")
    for n in range(EACH):
        await store.holders([hash_token(f"{n}")])
    spent = (await other.ask(other.key("records"), "INFO", "commandstats"))["cmdstat_fcall"]["usec_per_call"]
    print(f"redis  whom one stands for, its own time   {spent:6.0f} µs")
    await store.close()
    await nodes.close()
    await other.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tokens", type=int, default=10_000)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(parser.parse_args().tokens))
