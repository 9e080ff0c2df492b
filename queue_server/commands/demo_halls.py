"""The demo's halls, with people and devices whose credentials are random and written to one file."""

import asyncio
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from queue_server.commands.given_past import give_past
from queue_server.commands.hall_file import read_hall
from queue_server.domain.hall import Hall
from queue_server.records.accounts import Account, Capacity, Role
from queue_server.records.devices import DeviceRole
from queue_server.web.server import Server

__all__ = ["CREDENTIALS", "Credentials", "NotADemo", "prepare_demo", "take_credentials", "write_credentials"]

CREDENTIALS = "demo.json"
Credentials = dict[str, Any]


class NotADemo(Exception):
    """The halls there are somebody's real ones."""


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    user: str
    name: str
    role: Role
    counter: int | None = None
    capacity: Capacity | None = None


def _clerks(hall: str, names: tuple[str, ...]) -> tuple[_Person, ...]:
    return tuple(
        _Person(user=f"{hall}-{n}", name=name, role="clerk", counter=n, capacity="A") for n, name in enumerate(names, 1)
    )


PEOPLE: dict[str, tuple[_Person, ...]] = {
    "town": (
        *_clerks("town", ("王芳", "李建国", "张敏", "刘洋", "陈静", "赵永强")),
        _Person(user="town-guide", name="孙丽", role="guide"),
        _Person(user="town-head", name="周志明", role="head"),
        _Person(user="town-discipline", name="吴正", role="discipline"),
    ),
    "village": (
        *_clerks("village", ("郑秀英", "马小军")),
        _Person(user="village-head", name="何大海", role="head"),
    ),
}
DISTRICT = _Person(user="district", name="偃师区政务服务", role="district")
DEVICES: tuple[DeviceRole, ...] = ("kiosk", "screen", "announcer")


def take_credentials(folder: Path) -> Credentials | None:
    """The credentials of an earlier run, taken away until this one is ready; None when there are none.

    Other programs wait for the file, so it must not lie there before the server answers.
    """
    current, kept = folder / CREDENTIALS, folder / f"{CREDENTIALS}.last"
    if current.exists():
        current.replace(kept)
    if not kept.exists():
        return None
    try:
        credentials = json.loads(kept.read_bytes())
    except ValueError:
        return None
    whole = isinstance(credentials, dict) and {"halls", "district"} <= credentials.keys()
    return credentials if whole else None


def write_credentials(folder: Path, credentials: Credentials, address: str) -> None:
    """Write the file whole or not at all, for its owner's eyes."""
    text = json.dumps({"base_url": address, **credentials}, ensure_ascii=False, indent=1)
    temporary = folder / f"{CREDENTIALS}.new"
    temporary.touch(mode=0o600)
    temporary.write_text(text, "utf-8")
    temporary.replace(folder / CREDENTIALS)


async def prepare_demo(server: Server, earlier: Credentials | None, past_days: int = 0) -> Credentials:
    """Make the demo's halls where there are none, and have credentials for everybody.

    earlier: those of the last run, good still. Without them everybody gets new ones. past_days: of how many days before
    a new hall's first it is to have a past.
    """
    halls = await server.registry.known()
    if halls and not any(hall in halls for hall in PEOPLE):
        raise NotADemo(f"there are other halls ({', '.join(halls[:3])}): a demo wants a folder or a Redis of its own")
    if earlier is not None and all(hall in halls for hall in PEOPLE):  # it was written last, so all of it was made
        return {name: earlier[name] for name in ("halls", "district")}
    accounts = {account.user: account for account in await server.records.accounts.all()}
    credentials: Credentials = {"halls": {}}
    for hall, people in PEOPLE.items():
        # Together, because hashing a password takes a good part of a second by design.
        staff = await asyncio.gather(*(_person(server, accounts, person, (hall,)) for person in people))
        await _make(server, hall, past_days)
        credentials["halls"][hall] = {**await _devices(server, hall), "staff": list(staff)}
    signed = await _person(server, accounts, DISTRICT, ())
    credentials["district"] = {"user": signed["user"], "password": signed["password"]}
    return credentials


async def _make(server: Server, hall: str, past_days: int) -> None:
    """Set the hall up and open its day, or what of it an earlier run did not come to."""
    runner = await server.registry.create(hall)
    set_up = await _set_up(server, hall)
    if past_days and runner.books.durable.hall is None:
        await give_past(server, runner, set_up, past_days)
    await runner.configure(set_up, "", f"demo:{hall}", "")  # once: its id is known from then on
    await runner.turn_day()


async def _set_up(server: Server, hall: str) -> Hall:
    text = (files("queue_server") / "data" / "demo" / f"{hall}.toml").read_text("utf-8")
    accounts = {account.user: account.id for account in await server.records.accounts.all()}
    return read_hall(text, accounts)


async def _person(
    server: Server, accounts: dict[str, Account], person: _Person, halls: tuple[str, ...]
) -> dict[str, Any]:
    known = accounts.get(person.user)
    if known is None:
        _, password = await server.records.accounts.create(
            person.user, person.name, person.role, halls=halls, counter=person.counter, capacity=person.capacity
        )
    else:
        password = await server.records.accounts.set_password(known.id)
    return {"password": password, **{k: v for k, v in msgspec.structs.asdict(person).items() if v is not None}}


async def _devices(server: Server, hall: str) -> dict[str, Any]:
    now = server.now()
    tokens: dict[str, Any] = {}
    for role in DEVICES:
        _, tokens[role] = await server.records.devices.create(hall, role, now, label="演示")
    runner = await server.hall(hall)
    tokens["evaluators"] = {}
    for counter in runner.day.hall.counters:
        _, token = await server.records.devices.create(hall, "evaluator", now, counter=counter)
        tokens["evaluators"][str(counter)] = token
    return tokens
