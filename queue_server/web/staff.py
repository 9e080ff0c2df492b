"""…/staff: the people of a hall who sign in. Every change is in the journal: whose account, what, by whom, when."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from queue_server.domain.book_commands import NoteAccount
from queue_server.domain.book_events import AccountChange, AccountChanged
from queue_server.records.accounts import Account, fold_user, new_account_id
from queue_server.records.errors import BadUser, UserTaken, WeakPassword
from queue_server.records.passwords import check_strength
from queue_server.web import schemas
from queue_server.web.access import KEEPERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import digits_for, password_for

__all__ = ["OPERATIONS", "person_json", "person_of", "write_down"]

KEPT_BY_HEADS = ("clerk", "guide")
"""A head keeps her own staff. Who looks into complaints about the head is not hers to choose."""
OF_THE_PHOTO: frozenset[AccountChange] = frozenset({"photo", "photo_removed"})


async def everybody(call: Call) -> Reply:
    """The people of the hall, by login name."""
    records = call.server.records
    accounts = await records.accounts.all(call.runner.id)
    photos = await records.photos.digests([account.id for account in accounts])
    return Reply({"staff": [person_json(account, photos.get(account.id)) for account in accounts]})


async def add(call: Call) -> Reply:
    """Add somebody. The password is told once, to whoever added them; there is no default."""
    asked: schemas.AddPerson = call.body
    accounts = call.server.records.accounts
    _may_keep(call, asked.role)
    _known_counter(call, asked.counter)
    id, user = new_account_id(digits_for(call.server.secret, call.command)), _folded(asked.user)
    password = _chosen(asked.password, user) or password_for(call.server.secret, call.command)
    taken = await accounts.by_user(user)
    if taken is not None and taken.id != id:
        raise ProblemError("user_taken")
    await write_down(call, id, "added")
    account = await accounts.get(id)
    if account is None:
        try:
            account, _ = await accounts.create(
                user, asked.name, asked.role,
                halls=(call.runner.id,), counter=asked.counter, capacity=asked.capacity, password=password, id=id,
            )  # fmt: skip
        except UserTaken as error:  # by another who was added at the same moment, or by this request sent twice at once
            account = await accounts.get(id)
            if account is None:
                raise ProblemError("user_taken") from error
    return Reply(person_json(account) | {"password": password})


async def change(call: Call) -> Reply:
    """Change a name, a role or a counter; let somebody in no more, or again."""
    asked: schemas.ChangePerson = call.body
    account = await person_of(call)
    role = asked.role or account.role
    if account.id != call.caller.id:
        _may_keep(call, role)
    elif asked.disabled or role != account.role:
        raise ProblemError("own_account")  # nobody locks herself out, or raises herself
    counter = account.counter if asked.counter is UNSET else asked.counter
    _known_counter(call, None if counter == account.counter else counter)  # the old one may be gone by now
    changed = replace(
        account,
        name=asked.name or account.name,
        role=role,
        counter=counter,
        capacity=None if counter is None else asked.capacity or account.capacity,
        disabled=account.disabled if asked.disabled is None else asked.disabled,
    )
    what: AccountChange = "changed"
    if changed.disabled != account.disabled:
        what = "disabled" if changed.disabled else "enabled"
    if await write_down(call, account.id, what, account.halls):
        await call.server.records.accounts.update(changed)
    return Reply(await _shown(call, changed))


async def set_password(call: Call) -> Reply:
    """Give somebody a new password, and sign them out everywhere."""
    account = await person_of(call)
    password = _chosen(call.body.password, account.user) or password_for(call.server.secret, call.command)
    accounts, repeated = call.server.records.accounts, call.runner.books.knows(call.command_id)
    newest = await write_down(call, account.id, "password", account.halls)
    if newest and not (repeated and await accounts.authenticate(account.user, password)):
        await accounts.set_password(account.id, password)
    return Reply(await _shown(call, account) | {"password": password})


async def _shown(call: Call, account: Account) -> dict[str, Any]:
    photo = await call.server.records.photos.get(account.id)
    return person_json(account, None if photo is None else photo.digest)


async def person_of(call: Call) -> Account:
    """The account in the path, of this hall and in the caller's keeping: of one that other halls share, a head has no
    say over theirs.
    """
    account = await call.server.records.accounts.get(call.path["account"])
    if account is None or call.runner.id not in account.halls:
        raise ProblemError("account_unknown")
    if account.id != call.caller.id:
        _may_keep(call, account.role)
        if call.caller.role == "head" and not {*account.halls} <= {*call.caller.halls}:
            raise ProblemError("account_shared")
    return account


async def write_down(call: Call, account: str, what: AccountChange, halls: tuple[str, ...] = ()) -> bool:
    """Journal a change before it is made, in each of the account's halls; whether it is the account's newest.

    Then it is to be made, by a repeated request too: the first may not have come so far. A repeated one that comes late
    must not undo what was changed since; a photo and the rest of an account undo nothing of each other.
    """
    call.key_is_new_to("day")
    noted = NoteAccount(by=call.caller.id, account=account, change=what)
    seq = await call.runner.write_down(noted, call.command_id, call.fingerprint)
    for hall in halls:
        if hall != call.runner.id:  # under an id of its own: the caller's key may mean something else there
            other = await call.server.registry.create(hall)
            await other.write_down(noted, f"{call.command_id} in {call.runner.id}", call.fingerprint)
    async for _, happened in call.runner.books.events_after(seq):
        same = [event for event in happened if isinstance(event, AccountChanged) and event.account == account]
        if any((event.change in OF_THE_PHOTO) == (what in OF_THE_PHOTO) for event in same):
            return False
    return True


def _may_keep(call: Call, role: str) -> None:
    if call.caller.role == "head" and role not in KEPT_BY_HEADS:
        raise ProblemError("not_allowed")


def _known_counter(call: Call, counter: int | None) -> None:
    hall = call.runner.hall
    if counter is not None and (hall is None or counter not in hall.counters):
        raise ProblemError("counter_unknown")


def _folded(user: str) -> str:
    try:
        return fold_user(user)
    except BadUser as error:
        raise ProblemError("bad_user") from error


def _chosen(password: str | None, user: str) -> str | None:
    if password is not None:
        try:
            check_strength(password, user)
        except WeakPassword as error:
            raise ProblemError("weak_password") from error
    return password


def person_json(account: Account, photo: str | None = None) -> dict[str, Any]:
    """Somebody as the people of the hall are listed; counter, standing and the photo's digest where there are some."""
    view: dict[str, Any] = {
        "id": account.id,
        "user": account.user,
        "name": account.name,
        "role": account.role,
        "disabled": account.disabled,
    }
    if account.counter is not None:
        view["counter"] = account.counter
    if account.capacity is not None:
        view["capacity"] = account.capacity
    if photo is not None:
        view["photo"] = photo
    return view


OPERATIONS = (
    Operation(
        method="GET", path="/halls/{hall}/staff", summary="The people of the hall", handler=everybody, who=KEEPERS,
        result=schemas.Staff,
    ),
    Operation(
        method="POST", path="/halls/{hall}/staff", summary="Add somebody", handler=add, who=KEEPERS,
        body=schemas.AddPerson, result=schemas.PersonShape, status=201,
        codes=("user_taken", "bad_user", "weak_password", "counter_unknown"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/staff/{account}", summary="Change somebody's account", handler=change,
        who=KEEPERS, body=schemas.ChangePerson, result=schemas.PersonShape,
        codes=("account_unknown", "account_shared", "counter_unknown", "own_account"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/staff/{account}/password", summary="Set a new password",
        handler=set_password, who=KEEPERS, body=schemas.NewPassword, result=schemas.PersonShape,
        codes=("account_unknown", "account_shared", "weak_password"),
    ),
)  # fmt: skip
