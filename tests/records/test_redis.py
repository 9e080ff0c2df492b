"""What Redis forgets by itself, what stands in it, and what a record there must not lose. The contract: `test_base`."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from redis import Redis

from queue_server.records.devices import Device
from queue_server.records.errors import NoBackup, RecordsTooNew, RecordsUnavailable
from queue_server.records.outbox import KEPT
from queue_server.records.records import Records
from queue_server.records.redis import AT_ONCE, FORGOTTEN_AFTER, FORM, RedisRecordStore
from queue_server.records.sessions import LIFE
from queue_server.redis_nodes import Keeping, Nodes
from tests.records.conftest import NOW, OnNodesOfItsOwn, cheap_passwords
from tests.records.test_base import CLERK, DISTRICT, KIOSK, assert_filled, fill, note, session
from tests.records.test_outbox import message
from tests.redis_server import cluster, redis_url
from tests.waiting import until

HOUR = timedelta(hours=1)
OF_AN_ACCOUNT = {
    *("form", "accounts", "accounts:of:town", "accounts:of:village", "passwords", "users", "ended", "ended:last")
}
"""What is there of one that was signed in, in the halls of CLERK."""


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[Nodes]:
    """A Redis that nothing is in."""
    nodes = Nodes(redis_url(), f"{tmp_path}:")
    yield nodes
    await nodes.close()


@pytest.fixture
async def store(nodes: Nodes) -> RedisRecordStore:
    """An open, empty store in it."""
    store = RedisRecordStore(nodes)
    await store.open()
    return store


async def names(nodes: Nodes) -> set[str]:
    """What stands there: every key, from behind what all begin with."""
    keys = await nodes.ask(nodes.key("records"), "KEYS", f"{_escaped(nodes.namespace)}*")
    begin = nodes.key("records", "")
    assert all(key.decode().startswith(begin) for key in keys)
    return {key.decode().removeprefix(begin) for key in keys}


def _escaped(pattern: str) -> str:
    return pattern.replace("[", "\\[").replace("]", "\\]")


async def test_all_keys_are_on_one_master_of_a_cluster(store: RedisRecordStore, nodes: Nodes) -> None:
    """And every one of them stands in the module's list."""
    await fill(store)
    await store.confirm_notes({"n_1": NOW})
    await store.add_messages([message("msg_1", subject="post")])
    assert await names(nodes) == {
        *("form", "accounts", "passwords", "users", "secrets", "photos", "photos:digests"),
        *("accounts:of:town", "accounts:of:village"),
        *("session:s1", f"sessions:of:{CLERK.id}", "sessions:ends", "sessions:seen"),
        *("devices", "devices:seen", "devices:all", "devices:of:town"),
        *("tokens", "devices:tokens"),
        *("note:n_1", "notes:kept", "looks:n_1", "looks:count", "looks"),
        *("message:msg_1", "messages", "messages:of:town", "messages:count"),
        *("messages:due", "messages:waiting", "messages:told:town"),
    }


async def test_a_cluster_keeps_them_too(tmp_path: Path) -> None:
    """Also when a master has handed them to another."""
    nodes = Nodes(cluster().url, f"{tmp_path}:")
    store = RedisRecordStore(nodes)
    await store.open()
    await fill(store)
    cluster().move(nodes.key("records"))
    await store.add_account(DISTRICT, "hash")
    assert await store.all_accounts() == [DISTRICT, CLERK]
    await assert_filled(store)
    await store.close()
    await nodes.close()


async def test_no_session_that_was_given_is_lost_with_a_master(tmp_path: Path) -> None:
    """Who signs in meanwhile waits for the one that takes over; who signed out stays so."""
    whole = cluster()
    nodes = Nodes(whole.url, f"{tmp_path}:", patience_s=60, keeping=Keeping(replicas=1))
    store = RedisRecordStore(nodes)
    await store.open()
    await store.add_account(CLERK, "hash")
    await store.add_session(session("left"))
    assert await store.delete_session("left")
    mourned = nodes.master_of(nodes.key("records"))
    server = whole.server(mourned.name)
    signing_in = [asyncio.create_task(store.add_session(session(f"s{n}"))) for n in range(1000)]
    await signing_in[100]
    server.signal(signal.SIGKILL)
    await until(lambda: nodes.master_of(nodes.key("records")) != mourned)
    server.start()  # until then nobody else has what the new master has
    await asyncio.gather(*signing_in)
    assert set(await store.holders([*(f"s{n}" for n in range(1000)), "left"])) == {f"s{n}" for n in range(1000)}
    await asyncio.to_thread(whole.wait)
    await store.close()
    await nodes.close()


async def test_redis_forgets_what_nobody_has_swept(store: RedisRecordStore, nodes: Nodes) -> None:
    """A day after its end. A note that is not confirmed stays: only the journal knows whether it counts."""
    now = datetime.now(UTC)
    long_over, just_over = now - FORGOTTEN_AFTER - HOUR, now - HOUR
    await store.add_account(CLERK, "hash")
    await store.add_session(session("long_over", at=long_over - LIFE))
    await store.add_session(session("just_over", at=just_over - LIFE))
    for ref in ("n_long_over", "n_just_over", "n_draft"):
        await store.put_note(note(ref, expires_at=long_over))
    await store.confirm_notes({"n_long_over": long_over, "n_just_over": just_over})
    left = {name for name in await names(nodes) if name.startswith(("session:", "note:"))}
    assert left == {"session:just_over", "note:n_just_over", "note:n_draft"}
    assert await store.sweep_sessions(now, now - 1000 * HOUR) == 1  # the other one is not there any more
    assert await store.sweep_notes(now, ["n_draft"], now) == 2
    assert await names(nodes) == OF_AN_ACCOUNT


async def test_a_swept_note_is_gone_from_the_files_once_redis_has_written_them_anew(
    store: RedisRecordStore, nodes: Nodes
) -> None:
    """Which operators have it do every night."""
    with Redis.from_url(redis_url(), decode_responses=True) as redis:
        folder = Path(redis.config_get("dir")["dir"])

        def stands_there() -> bool:
            for path in folder.rglob("*.aof"):
                with suppress(FileNotFoundError):  # one that was written anew
                    if text.encode() in path.read_bytes():
                        return True
            return False

        def written_anew() -> bool:
            state = redis.info("persistence")
            return not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]

        text = f"{nodes.namespace} 13812345678"
        await store.put_note(note(text=text))
        await until(stands_there)
        await store.sweep_notes(NOW + HOUR, ["n_1"], NOW)
        redis.bgrewriteaof()
        await until(lambda: written_anew() and not stands_there())


async def test_a_session_in_use_is_not_forgotten_with_an_older_one(store: RedisRecordStore, nodes: Nodes) -> None:
    """What an account is signed in with is known as long as one of its sessions is."""
    await store.add_account(CLERK, "hash")
    for token_hash, at in (("s1", NOW), ("s2", NOW + HOUR), ("s3", NOW - HOUR)):
        await store.add_session(session(token_hash, at=at))
    ends = await nodes.ask(nodes.key("records"), "PEXPIRETIME", nodes.key("records", "sessions:of", CLERK.id))
    assert datetime.fromtimestamp(ends / 1000, UTC) == NOW + HOUR + LIFE + FORGOTTEN_AFTER
    assert await store.delete_sessions(CLERK.id) == 3


async def test_what_was_deleted_leaves_nothing(store: RedisRecordStore, nodes: Nodes) -> None:
    """Of an account, its password, sessions and photo; of a note and the looks at it; of a message."""
    await fill(store)
    await store.delete_account(CLERK.id)
    await store.forget_notes(["n_1"])
    await store.sweep_notes(NOW, [], NOW + HOUR)
    await store.add_messages([message("msg_1")])
    await store.message_tried(message("msg_1", state="delivered"))
    await store.sweep_messages(NOW + HOUR)
    assert await names(nodes) == {
        *("form", "secrets", "ended", "ended:last", "looks:count", "messages:count"),
        *("devices", "devices:seen", "devices:all", "devices:of:town"),
        *("tokens", "devices:tokens"),
    }


async def test_a_sweep_after_a_long_time_leaves_nothing_over(store: RedisRecordStore, nodes: Nodes) -> None:
    """However much there is to it: it goes in steps, so that nobody waits for all of it."""
    await store.add_account(CLERK, "hash")
    many = [f"{n}" for n in range(1100)]
    for each in many:
        await store.add_session(session(each))
        await store.put_note(note(each))
    await store.confirm_notes(dict.fromkeys(many, NOW))
    await store.add_messages([message(each, state="delivered") for each in many])
    assert await store.sweep_sessions(NOW + LIFE, NOW - HOUR) == 1100
    assert await store.sweep_notes(NOW, [], NOW) == 1100
    assert await store.sweep_messages(NOW + KEPT) == 1100
    assert await names(nodes) == OF_AN_ACCOUNT | {"messages:count"}


async def test_the_last_message_of_a_subject_is_swept_once_there_is_another(store: RedisRecordStore) -> None:
    """Until then no sweep looks at it again."""
    await store.add_messages([message("msg_1", subject="post", state="delivered")])
    for _ in range(2):
        assert await store.sweep_messages(NOW + HOUR) == 0
    await store.add_messages([message("msg_2", subject="post")])
    assert await store.sweep_messages(NOW + HOUR) == 1
    assert [left.id for left in await store.newest_messages("town", 10)] == ["msg_2"]


async def test_a_full_redis_knows_everybody_and_takes_nothing_more(store: RedisRecordStore, nodes: Nodes) -> None:
    """But what makes it emptier, and what takes rights away."""
    await fill(store)
    await store.add_session(session("s2"))
    await store.add_messages([message("msg_1", subject="post")])
    with Redis.from_url(redis_url()) as redis:
        redis.config_set("maxmemory", 1)
        try:
            for refused in (
                store.add_account(DISTRICT, "hash"),
                store.add_session(session("s3")),
                store.put_note(note("n_2")),
                store.look_at_notes(["n_1"], "u_1", NOW),
            ):
                with pytest.raises(RecordsUnavailable):
                    await refused
            assert set(await store.holders(["s1", "s2", "s3", "t1"])) == {"s1", "s2", "t1"}
            assert await store.credentials(CLERK.user) == (CLERK, "hash")
            assert await store.hall_accounts("town") == [CLERK]
            assert [device.id for device in await store.all_devices("town")] == [KIOSK.id]
            assert len(await store.looks("n_1")) == len(await store.newest_messages("town", 9)) == 1
            assert set(await store.told_last("town")) == {"post"}
            assert (await store.backlog()).waiting == 1
            assert [doubtful.ref for doubtful in await store.doubtful_notes(NOW + HOUR, "", 9)] == ["n_1"]
            assert await store.delete_session("s2")
            assert (await store.ended(0)).token_hashes == frozenset({"s2"})
            assert await store.revoke_device(KIOSK.id, NOW)
            assert await store.replace_password(CLERK.id, "other")
            assert await store.holders(["s1"]) == {}
            assert await store.forget_notes(["n_1"]) == 1
            assert await store.message_tried(message("msg_1", state="given_up"))
            assert await store.delete_account(CLERK.id)
        finally:
            redis.config_set("maxmemory", 0)


async def test_what_ends_after_a_fail_over_is_told_although_the_last_before_it_was_lost(
    store: RedisRecordStore, nodes: Nodes
) -> None:
    """What was lost cannot be told; but it takes nothing along of what comes."""
    await store.add_account(CLERK, "hash")
    for token_hash in ("kept", "lost", "first", "second"):
        await store.add_session(session(token_hash))
    await store.delete_session("kept")
    before = (await store.ended(0)).number
    await store.delete_session("lost")
    number = (await store.ended(before)).number
    key = partial(nodes.key, "records", "ended")
    await nodes.ask_all(key(), [["ZREM", key(), "lost"], ["SET", key("last"), before]])
    await asyncio.sleep(0.002)  # far less than it takes a replica
    for token_hash in ("first", "second"):
        await store.delete_session(token_hash)
    assert (await store.ended(number)).token_hashes == frozenset({"first", "second"})


async def test_no_password_and_no_token_stands_there(store: RedisRecordStore, nodes: Nodes) -> None:
    records = Records(store, passwords=cheap_passwords())
    account, random = await records.accounts.create("zhang", "张伟", "clerk")
    kept, session_token = await records.sessions.open(account.id, NOW)
    _, device_token = await records.devices.create("town", "kiosk", NOW)
    stored = " ".join(await names(nodes))
    for key in ("accounts", "passwords", "devices", "tokens"):
        stored += repr(await nodes.ask(nodes.key("records"), "HGETALL", nodes.key("records", key)))
    assert kept.token_hash in stored  # the search would find them
    assert not any(hidden in stored for hidden in (random, session_token, device_token))
    await records.close()


async def test_more_tokens_than_fit_into_one_step_are_all_found_and_touched(store: RedisRecordStore) -> None:
    """In whatever order they are asked about, sessions among devices."""
    await store.add_account(CLERK, "hash")
    for n in range(AT_ONCE + 20):
        if n % 2:
            await store.add_session(session(f"t{n}"))
        else:
            await store.add_device(Device(id=f"d_{n}", hall="town", role="screen", created_at=NOW), f"t{n}")
    tokens = [f"t{n}" for n in range(AT_ONCE + 20)]
    await store.touch(dict.fromkeys(tokens, NOW + HOUR))
    found = await store.holders([*tokens, "unknown"])
    assert set(found) == set(tokens)
    assert {each.last_seen if isinstance(each, Device) else each.session.last_seen for each in found.values()} == {
        NOW + HOUR
    }
    assert [device.id for device in await store.all_devices("town")] == [f"d_{n}" for n in range(0, AT_ONCE + 20, 2)]


async def test_a_login_name_is_never_changed(store: RedisRecordStore) -> None:
    await store.add_account(CLERK, "hash")
    assert await store.update_account(msgspec.structs.replace(CLERK, user="other", name="张薇"))
    assert await store.credentials(CLERK.user) == (msgspec.structs.replace(CLERK, name="张薇"), "hash")
    assert await store.credentials("other") is None


async def test_records_of_a_newer_version_are_left_alone(store: RedisRecordStore, nodes: Nodes) -> None:
    await store.close()
    await nodes.ask(nodes.key("records"), "SET", nodes.key("records", "form"), FORM + 1)
    with pytest.raises(RecordsTooNew) as refusal:
        await store.open()
    assert (refusal.value.found, refusal.value.known) == (FORM + 1, FORM)
    with pytest.raises(RecordsUnavailable):
        await store.account(CLERK.id)


async def test_what_was_begun_is_done_before_the_store_closes(tmp_path: Path) -> None:
    """Whether or not anybody still waits for it."""
    store = OnNodesOfItsOwn(tmp_path)
    await store.open()
    writing = asyncio.create_task(store.add_account(CLERK, "hash"))
    await asyncio.sleep(0)
    writing.cancel()
    await store.close()
    await store.open()
    assert await store.account(CLERK.id) == CLERK
    await store.close()


async def test_there_is_no_backup(store: RedisRecordStore, tmp_path: Path) -> None:
    with pytest.raises(NoBackup):
        await store.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
