"""A hall's set-up as a TOML file, which people write and keep."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import tomli_w
from msgspec import Struct, inspect

from queue_server.domain.counter import Counter
from queue_server.domain.hall import Hall, faults
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer
from queue_server.domain.queue import Queue
from queue_server.domain.screen import Screen
from queue_server.domain.service import Handling, Service, service_rules
from queue_server.domain.service import faults as faults_of_choices
from queue_server.exchange.toml_fault import TomlFault, located, not_a_value, not_text, not_toml

__all__ = ["BadHallFile", "read_hall", "text_of", "version_in", "write_hall"]

VERSION = "version"
"""The key beside the set-up's own."""

T = TypeVar("T")


class BadHallFile(Exception):
    """The file cannot be used; the text says where and why, in English."""

    def __init__(self, *faults: TomlFault) -> None:
        super().__init__("; ".join(fault.said(english=True) for fault in faults))
        self.faults = faults


def write_hall(hall: Hall, users: Mapping[str, str], version: str = "") -> str:
    """The hall as a TOML file, whole; what read_hall reads is the same hall again.

    users: login name by account id. Holders that have no account any more are left out. version: of the set-up, to be
    found again by version_in; "" for none.
    """
    document = ({VERSION: version} if version else {}) | _plain(hall)
    del document["services"]  # they follow from the catalogue and the choices
    for section, name in (
        ("queues", "id"),
        ("counters", "number"),
        ("posts", "id"),
        ("printers", "id"),
        ("screens", "id"),
    ):
        for table in document[section].values():
            del table[name]
    for table in document["posts"].values():
        if table.get("a") in users:
            table["a"] = users[table["a"]]
        else:
            table.pop("a", None)
        table["b"] = [users[account] for account in table["b"] if account in users]
        roster = table["roster"].items()
        table["roster"] = {when: users.get(clerk, "") for when, clerk in roster if not clerk or clerk in users}
    return tomli_w.dumps(document)


def _plain(value: Any) -> Any:
    """A value as TOML knows it; what is not known is left out."""
    if isinstance(value, msgspec.Struct):
        members = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: _plain(member) for name, member in members.items() if member is not None}
    if isinstance(value, Mapping):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(member) for member in value] if isinstance(value, tuple) else value


def text_of(file: bytes) -> str:
    """The text in a file. Raises BadHallFile."""
    try:
        return file.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadHallFile(not_text(file, error)) from error


def version_in(text: str) -> str | None:
    """Of which version of the set-up the file was taken; None when it does not say. Raises BadHallFile."""
    version = _parsed(text).get(VERSION)
    return version if isinstance(version, str) else None


def read_hall(
    text: str, accounts: Mapping[str, str], catalogue: Mapping[int, Service], handling: Mapping[int, Handling]
) -> Hall:
    """The hall in a TOML file.

    The keys of [queues], [counters], [posts], [printers] and [screens] are their ids and numbers. accounts: account id
    by login name, for the posts' holders. catalogue: services by number; handling: what the rules say of each. The
    services follow from them, the hall's level and its [choices]. Raises BadHallFile, with the lines.
    """
    try:
        return _read(_parsed(text), accounts, catalogue, handling)
    except BadHallFile as error:
        raise BadHallFile(*(located(fault, text) for fault in error.faults)) from error


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadHallFile(not_toml(text, error)) from error


def _read(
    document: dict[str, Any],
    accounts: Mapping[str, str],
    catalogue: Mapping[int, Service],
    handling: Mapping[int, Handling],
) -> Hall:
    document.pop(VERSION, None)
    for section in ("queues", "printers", "screens"):
        for key, table in _table(document, section).items():
            table["id"] = key
    for key, table in _table(document, "counters").items():
        table["number"] = int(key) if key.isdecimal() else key
    for key, table in _table(document, "posts").items():
        table["id"] = key
        _name_holders(table, f"posts.{key}", accounts)
    if unknown := list(_unknown(document, inspect.type_info(Hall), "")):
        raise BadHallFile(*unknown)
    hall = _converted(document)
    services = service_rules(catalogue.values(), hall.level, hall.queues, handling, hall.choices)
    hall = msgspec.structs.replace(hall, services=services)
    found = [*faults(hall), *faults_of_choices(hall.choices, frozenset(catalogue), hall.queues)]
    if found:
        raise BadHallFile(*(TomlFault(each.place, each.said(english=False), each.said(english=True)) for each in found))
    return hall


def _table(document: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    table = document.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise BadHallFile(TomlFault(name, f"要写成一个个标题，例如 [{name}.1]", f"must be tables, such as [{name}.1]"))
    return table


def _name_holders(table: dict[str, Any], place: str, accounts: Mapping[str, str]) -> None:
    """Put account ids for the login names of a post's holders."""
    a, b, roster = table.get("a"), table.get("b", []), table.get("roster", {})
    if (
        not isinstance(a, str | None)
        or not (isinstance(b, list) and all(isinstance(user, str) for user in b))
        or not (isinstance(roster, dict) and all(isinstance(user, str) for user in roster.values()))
    ):
        written = 'a = "login", b = ["login", …], roster = {mon_morning = "login", …}'
        raise BadHallFile(TomlFault(place, f"岗位上的人写成 {written}，写登录名", f"write holders as {written}"))
    for user in filter(None, (a, *b, *roster.values())):
        if user not in accounts:
            english = f"there is no account {user!r}: add it first, on the page of people or with `jiaohao user add`"
            raise BadHallFile(TomlFault(place, f"没有登录名“{user}”，请先添加这个人", english))
    if a is not None:
        table["a"] = accounts[a]
    table["b"] = [accounts[user] for user in b]
    table["roster"] = {when: accounts[user] if user else "" for when, user in roster.items()}


def _unknown(value: object, kind: inspect.Type, place: str) -> Iterator[TomlFault]:
    """What stands in the file that no setting is called: most often a slip of the pen, which would go unnoticed."""
    if not isinstance(value, dict):
        return
    if isinstance(kind, inspect.StructType):
        known = {field.encode_name: field.type for field in kind.fields}
        for key, entry in value.items():
            if key in known:
                yield from _unknown(entry, known[key], f"{place}{key}.")
            else:
                yield TomlFault(f"{place}{key}", "没有这个设置", "there is no such setting")
    elif isinstance(kind, inspect.DictType):
        for key, entry in value.items():
            yield from _unknown(entry, kind.value_type, f"{place}{key}.")


def _converted(document: dict[str, Any]) -> Hall:
    """The document as a hall. Raises BadHallFile, naming the place."""
    kinds: dict[str, type[Struct]] = {
        "queues": Queue, "counters": Counter, "posts": Post, "printers": Printer, "screens": Screen,
    }  # fmt: skip
    for section, kind in kinds.items():
        for key, entry in document.get(section, {}).items():
            _convert(entry, kind, f"{section}.{key}")  # by itself, because the whole hall's error would not say which
    return _convert(document, Hall, "")


def _convert(value: object, kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadHallFile(not_a_value(place, error)) from error
