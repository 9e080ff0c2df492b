"""Accounts: the people who sign in."""

import secrets
import unicodedata
from collections.abc import Awaitable, Callable, Collection
from typing import Literal, Protocol

import msgspec

from queue_server.records.errors import BadUser, NoSuchRecord
from queue_server.records.passwords import Passwords, check_strength, random_password

__all__ = ["Account", "AccountStore", "Accounts", "Capacity", "Role", "fold_user", "new_account_id"]

Role = Literal["clerk", "guide", "head", "discipline", "district", "admin"]
Capacity = Literal["A", "B", "relief"]

LONGEST_USER = 64  # characters


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One person's right to sign in. Change one with `msgspec.structs.replace` and `Accounts.update`."""

    id: str  # "u_" and 16 hex digits; what the journal names a person by
    user: str  # login name, folded, unique, never changed
    name: str  # as shown on counters and in lists
    role: Role
    halls: tuple[str, ...] = ()  # hall ids; empty for district and admin, who belong to none
    counter: int | None = None  # the usual counter; None for those without one
    capacity: Capacity | None = None  # usual standing at that counter's post; None without a counter
    disabled: bool = False  # cannot sign in, and has no sessions


class AccountStore(Protocol):
    """What accounts need of a store. Guarantees: see `base`."""

    async def add_account(self, account: Account, password_hash: str) -> None:
        """Add an account. Raises UserTaken when another has its `user`, of any number added at once but one."""

    async def account(self, id: str) -> Account | None:
        """Return the account, None when there is none."""

    async def credentials(self, user: str) -> tuple[Account, str] | None:
        """Return the account whose folded login name is `user`, with its password hash; None when there is none."""

    async def all_accounts(self) -> list[Account]:
        """Return every account, by login name."""

    async def hall_accounts(self, hall: str) -> list[Account]:
        """Return the accounts that belong to a hall, by login name."""

    async def these_accounts(self, ids: Collection[str]) -> list[Account]:
        """Return those of these accounts that there are."""

    async def any_account(self) -> bool:
        """Return whether there is an account at all."""

    async def update_account(self, account: Account) -> bool:
        """Replace all but `user` and the password; False when there is none.

        One that is disabled, or has another role or other halls, loses its sessions, and with them its open sockets.
        """

    async def delete_account(self, id: str) -> bool:
        """Delete the account, its password and its sessions; False when there was none."""

    async def replace_password(self, id: str, new: str) -> bool:
        """Store the hash `new` and delete the account's sessions; False when there is no such account."""

    async def renew_password_hash(self, id: str, old: str, new: str) -> None:
        """Replace the hash `old` by `new` of the same password; nothing happens when another one stands there."""


def new_account_id(digits: str) -> str:
    """An account's id from 16 hex digits that nobody can guess."""
    return f"u_{digits}"


def fold_user(text: str) -> str:
    """Return the login name `text` as stored and compared: NFKC, case-folded, no blanks around it.

    Raises BadUser when that is empty, longer than 64 characters, or has blanks or unprintable characters in it.
    """
    if len(text) <= 2 * LONGEST_USER:  # before the folding, which is work
        user = unicodedata.normalize("NFKC", text).strip().casefold()
        if 0 < len(user) <= LONGEST_USER and user.isprintable() and " " not in user:
            return user
    raise BadUser(text[:LONGEST_USER])


class Accounts:
    """The accounts of one store.

    `revoked`: called after every change that can take rights away, so that no cache outlives it.
    """

    def __init__(self, store: AccountStore, passwords: Passwords, revoked: Callable[[], None]) -> None:
        self._store = store
        self._passwords = passwords
        self._revoked = revoked

    async def create(
        self,
        user: str,
        name: str,
        role: Role,
        *,
        halls: tuple[str, ...] = (),
        counter: int | None = None,
        capacity: Capacity | None = None,
        password: str | None = None,
        id: str | None = None,
    ) -> tuple[Account, str]:
        """Add an account and return it with its password, which nobody can look up afterwards.

        `password`: chosen by a person; None to have a readable random one made. There is no default. `id`: of
        `new_account_id`; None for a fresh one.
        Raises BadUser, UserTaken, WeakPassword.
        """
        folded = fold_user(user)
        password = _chosen_or_random(password, folded)
        account = Account(
            id=id or new_account_id(secrets.token_hex(8)),
            user=folded,
            name=name,
            role=role,
            halls=halls,
            counter=counter,
            capacity=capacity,
        )
        await self._store.add_account(account, await self._passwords.hash(password))
        return account, password

    async def get(self, id: str) -> Account | None:
        """Return the account, None when there is none."""
        return await self._store.account(id)

    async def by_user(self, user: str) -> Account | None:
        """Return the account of a login name, however it is written; None when there is none."""
        found = await self._credentials(user)
        return None if found is None else found[0]

    async def all(self, hall: str | None = None) -> list[Account]:
        """Return the accounts by login name. `hall`: only those that belong to it; None for all."""
        return await (self._store.all_accounts() if hall is None else self._store.hall_accounts(hall))

    async def any(self) -> bool:
        """Return whether there is an account at all."""
        return await self._store.any_account()

    async def names(self, ids: Collection[str]) -> dict[str, str]:
        """Return the shown names of these accounts, by id; nothing for an id that stands for nobody."""
        return {account.id: account.name for account in await self._store.these_accounts(ids)}

    async def authenticate(self, user: str, password: str) -> Account | None:
        """Return whose login this is; None when the user is unknown or disabled, or the password wrong.

        All of these take the same work. A hash with outdated parameters is renewed on the way.
        """
        found = await self._credentials(user)
        check = await self._passwords.check(None if found is None else found[1], password)
        if found is None or not check.right or found[0].disabled:
            return None
        account, stored = found
        if check.stale:
            await self._store.renew_password_hash(account.id, stored, await self._passwords.hash(password))
        return account

    async def update(self, account: Account) -> None:
        """Store a changed account. Its login name must be the old one; one that is disabled, or has another role or
        other halls, is signed out everywhere.

        Raises NoSuchRecord, and ValueError when the login name differs.
        """
        old = await self._store.account(account.id)
        if old is None:
            raise NoSuchRecord(account.id)
        if account.user != old.user:
            raise ValueError("a login name cannot be changed")
        await self._revoking(account.id, self._store.update_account(account))

    async def disable(self, id: str) -> None:
        """Sign the person out everywhere and refuse further sign-ins. Raises NoSuchRecord."""
        account = await self._store.account(id)
        if account is None:
            raise NoSuchRecord(id)
        await self.update(msgspec.structs.replace(account, disabled=True))

    async def set_password(self, id: str, password: str | None = None) -> str:
        """Change the password, sign the person out everywhere, and return the new password.

        `password`: as for `create`. Raises NoSuchRecord, WeakPassword.
        """
        account = await self._store.account(id)
        if account is None:
            raise NoSuchRecord(id)
        password = _chosen_or_random(password, account.user)
        await self._revoking(id, self._store.replace_password(id, await self._passwords.hash(password)))
        return password

    async def delete(self, id: str) -> None:
        """Forget the person. The journal keeps the id, which then stands for nobody. Raises NoSuchRecord."""
        await self._revoking(id, self._store.delete_account(id))

    async def _credentials(self, user: str) -> tuple[Account, str] | None:
        try:
            folded = fold_user(user)
        except BadUser:
            return None
        return await self._store.credentials(folded)

    async def _revoking(self, id: str, write: Awaitable[bool]) -> None:
        try:
            found = await write
        finally:
            self._revoked()  # also when it failed: it may have happened
        if not found:
            raise NoSuchRecord(id)


def _chosen_or_random(password: str | None, user: str) -> str:
    if password is None:
        return random_password()
    check_strength(password, user)
    return password
