"""Accounts: creating, changing, signing in."""

import re

import msgspec
import pytest
from argon2 import PasswordHasher

from queue_server.records.accounts import Account, Accounts, fold_user
from queue_server.records.base import RecordStore
from queue_server.records.errors import BadUser, NoSuchRecord, UserTaken, WeakPassword
from queue_server.records.passwords import Passwords
from queue_server.records.records import Records


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("zhang.wei", "zhang.wei"),
        ("  Zhang.Wei ", "zhang.wei"),
        ("ＺＨＡＮＧ", "zhang"),  # full-width
        ("张伟", "张伟"),
        ("Straße", "strasse"),
    ],
)
def test_one_login_name_can_be_written_in_many_ways(written: str, folded: str) -> None:
    assert fold_user(written) == folded
    assert fold_user(folded) == folded


@pytest.mark.parametrize("written", ["", "  ", "a b", "a\nb", "a\0", "\ud800", "x" * 65, "\ufdfa" * 60, "x" * 100_000])
def test_what_cannot_be_a_login_name_is_refused(written: str) -> None:
    with pytest.raises(BadUser):
        fold_user(written)


async def test_a_created_account_is_found_however_its_login_name_is_written(records: Records) -> None:
    account, password = await records.accounts.create(
        "Zhang.Wei", "张伟", "clerk", halls=("town",), counter=3, capacity="A", password="sunny-day"
    )
    assert re.fullmatch(r"u_[0-9a-f]{16}", account.id)
    assert account == Account(
        id=account.id, user="zhang.wei", name="张伟", role="clerk", halls=("town",), counter=3, capacity="A"
    )
    assert password == "sunny-day"
    assert await records.accounts.get(account.id) == account
    assert await records.accounts.by_user("ZHANG.WEI") == account
    assert await records.accounts.by_user("unknown") is None
    assert await records.accounts.by_user("not a name") is None


async def test_without_a_password_each_account_gets_a_random_one_of_its_own(records: Records) -> None:
    _, one = await records.accounts.create("one", "一", "clerk")
    _, other = await records.accounts.create("other", "二", "clerk")
    assert one != other
    assert await records.accounts.authenticate("one", one)
    assert not await records.accounts.authenticate("one", other)


async def test_a_login_name_is_given_once(records: Records) -> None:
    await records.accounts.create("zhang", "张", "clerk")
    with pytest.raises(UserTaken) as refusal:
        await records.accounts.create("ZHANG", "章", "clerk")
    assert refusal.value.user == "zhang"


async def test_a_refused_account_is_not_created(records: Records) -> None:
    with pytest.raises(WeakPassword):
        await records.accounts.create("zhang", "张", "clerk", password="123")
    with pytest.raises(BadUser):
        await records.accounts.create("", "张", "clerk")
    assert await records.accounts.all() == []


async def test_accounts_are_listed_by_hall(records: Records) -> None:
    town, _ = await records.accounts.create("b", "甲", "clerk", halls=("town",))
    both, _ = await records.accounts.create("a", "乙", "guide", halls=("town", "village"))
    district, _ = await records.accounts.create("c", "丙", "district")
    assert await records.accounts.all() == [both, town, district]
    assert await records.accounts.all("town") == [both, town]
    assert await records.accounts.all("village") == [both]


async def test_names_are_told_by_id(records: Records) -> None:
    assert not await records.accounts.any()
    account, _ = await records.accounts.create("zhang", "张伟", "clerk")
    assert await records.accounts.any()
    assert await records.accounts.names({account.id, "u_unknown"}) == {account.id: "张伟"}


async def test_only_the_right_password_of_an_enabled_account_signs_in(records: Records) -> None:
    account, password = await records.accounts.create("zhang", "张", "clerk")
    assert await records.accounts.authenticate(" Zhang ", password) == account
    assert await records.accounts.authenticate("zhang", "wrong-password") is None
    assert await records.accounts.authenticate("unknown", password) is None
    assert await records.accounts.authenticate("not a name", password) is None
    assert await records.accounts.authenticate("\ud800", "\ud800") is None
    await records.accounts.disable(account.id)
    assert await records.accounts.authenticate("zhang", password) is None


async def test_signing_in_renews_a_hash_with_outdated_parameters(records: Records, store: RecordStore) -> None:
    account, password = await records.accounts.create("zhang", "张", "clerk")
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stricter = Accounts(store, passwords, lambda: None)

    before = await store.credentials("zhang")
    assert await stricter.authenticate("zhang", "wrong-password") is None
    assert await store.credentials("zhang") == before
    assert await stricter.authenticate("zhang", password) == account
    after = await store.credentials("zhang")
    assert after is not None
    assert "m=16,t=2" in after[1]
    assert await stricter.authenticate("zhang", password) == account
    assert await store.credentials("zhang") == after
    passwords.close()


async def test_a_changed_password_replaces_the_old_one(records: Records) -> None:
    account, first = await records.accounts.create("zhang", "张", "clerk")
    second = await records.accounts.set_password(account.id)
    assert await records.accounts.set_password(account.id, "sunny-day") == "sunny-day"
    assert await records.accounts.authenticate("zhang", "sunny-day") == account
    assert await records.accounts.authenticate("zhang", first) is None
    assert await records.accounts.authenticate("zhang", second) is None
    with pytest.raises(WeakPassword):
        await records.accounts.set_password(account.id, "zhang")
    assert await records.accounts.authenticate("zhang", "sunny-day") == account


async def test_an_account_is_changed_but_not_its_login_name(records: Records) -> None:
    account, password = await records.accounts.create("zhang", "张", "clerk", halls=("town",), counter=3)
    changed = msgspec.structs.replace(account, name="张主任", role="head", counter=None)
    await records.accounts.update(changed)
    assert await records.accounts.authenticate("zhang", password) == changed
    with pytest.raises(ValueError, match="login name"):
        await records.accounts.update(msgspec.structs.replace(account, user="li"))
    assert await records.accounts.get(account.id) == changed


async def test_a_disabled_account_can_be_enabled_again(records: Records) -> None:
    account, password = await records.accounts.create("zhang", "张", "clerk")
    await records.accounts.disable(account.id)
    disabled = await records.accounts.get(account.id)
    assert disabled is not None
    assert disabled.disabled
    await records.accounts.update(msgspec.structs.replace(disabled, disabled=False))
    assert await records.accounts.authenticate("zhang", password) == account


async def test_a_deleted_account_is_forgotten_and_its_login_name_free(records: Records) -> None:
    account, password = await records.accounts.create("zhang", "张", "clerk")
    await records.accounts.delete(account.id)
    assert await records.accounts.get(account.id) is None
    assert await records.accounts.authenticate("zhang", password) is None
    await records.accounts.create("zhang", "章", "clerk")


async def test_changing_an_unknown_account_names_it(records: Records) -> None:
    unknown = Account(id="u_unknown", user="x", name="x", role="clerk")
    for change in (
        records.accounts.update(unknown),
        records.accounts.disable(unknown.id),
        records.accounts.set_password(unknown.id),
        records.accounts.delete(unknown.id),
    ):
        with pytest.raises(NoSuchRecord) as refusal:
            await change
        assert refusal.value.id == unknown.id
