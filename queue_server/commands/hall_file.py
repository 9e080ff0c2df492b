"""A hall's set-up as a TOML file, which people write and keep."""

import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from queue_server import catalogue
from queue_server.domain.hall import Hall, faults
from queue_server.domain.service import faults as faults_of_choices
from queue_server.domain.service import service_rules

__all__ = ["BadHallFile", "holders", "read_hall"]


class BadHallFile(Exception):
    """The file cannot be used; the text says where and why."""


def holders(text: str) -> set[str]:
    """The login names that the file's posts speak of. Raises BadHallFile."""
    posts = _table(_parsed(text), "posts")
    return {user for post in posts.values() for user in (post.get("a"), *post.get("b", ())) if user is not None}


def read_hall(text: str, accounts: Mapping[str, str]) -> Hall:
    """The hall in a TOML file.

    The keys of [queues], [counters] and [posts] are their ids and numbers. accounts: account id by login name, for the
    posts' holders. The services follow from the catalogue, the hall's level and its [choices]. Raises BadHallFile.
    """
    document = _parsed(text)
    for key, table in _table(document, "queues").items():
        table["id"] = key
    for key, table in _table(document, "counters").items():
        table["number"] = int(key) if key.isdigit() else key
    for key, table in _table(document, "posts").items():
        table["id"] = key
        if "a" in table:
            table["a"] = _account(accounts, table["a"])
        table["b"] = [_account(accounts, user) for user in table.get("b", ())]
    try:
        hall = msgspec.convert(document, Hall, strict=False)
    except msgspec.ValidationError as error:
        raise BadHallFile(str(error)) from error
    services = service_rules(catalogue.services(), hall.level, hall.queues, catalogue.default_handling(), hall.choices)
    hall = msgspec.structs.replace(hall, services=services)
    found = [*faults(hall), *faults_of_choices(hall.choices, frozenset(catalogue.by_number()), hall.queues)]
    if found:
        raise BadHallFile("; ".join(found))
    return hall


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadHallFile(str(error)) from error


def _table(document: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    table = document.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise BadHallFile(f"{name} must be tables, such as [{name}.1]")
    return table


def _account(accounts: Mapping[str, str], user: str) -> str:
    if user not in accounts:
        raise BadHallFile(f"there is no account {user!r}: add it first, with `jiaohao user add`")
    return accounts[user]
