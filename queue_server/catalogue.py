"""The shipped catalogue 乡村政务服务事项通用目录: 154 items, how each is handled, and how they are searched.

Everything is read from `data/` once, when first asked for, and stays as it is until the process ends.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec

from queue_server.domain.service import Handling, HandlingRule, Service, handling_rule
from queue_server.projections.service_search import ServiceIndex, Vocabulary

__all__ = ["by_number", "default_handling", "handling_rules", "search_index", "services", "vocabulary"]

_DATA = files("queue_server") / "data"


class _HandlingTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    rules: tuple[HandlingRule, ...]


@cache
def services() -> tuple[Service, ...]:
    """Every item in the catalogue's order, those with a doubtful entry included and marked."""
    doubts = {row["no"]: row["doubt"] for row in _rows("doubtful.csv")}
    return tuple(
        msgspec.convert(
            {**row, "no": int(row["no"]), "item_kind": row["kind"], "doubtful": doubts.get(row["no"])}, Service
        )
        for row in _rows("catalogue.csv")
    )


@cache
def by_number() -> Mapping[int, Service]:
    """The items by number, in the catalogue's order."""
    return MappingProxyType({service.no: service for service in services()})


@cache
def handling_rules() -> tuple[HandlingRule, ...]:
    """The table that says how items are handled; the first rule that fits decides, and the last fits all."""
    return msgspec.toml.decode((_DATA / "handling.toml").read_bytes(), type=_HandlingTable).rules


@cache
def default_handling() -> Mapping[int, Handling]:
    """How each item is handled where a hall has not chosen otherwise, by number."""
    return MappingProxyType({each.no: handling_rule(each, handling_rules()).handling for each in services()})


@cache
def vocabulary() -> Vocabulary:
    """Everyday words for what the catalogue calls otherwise, and characters with several readings."""
    return msgspec.toml.decode((_DATA / "vocabulary.toml").read_bytes(), type=Vocabulary)


@cache
def search_index() -> ServiceIndex:
    """The search over all items, doubtful ones included: keep of its answer what the hall offers."""
    return ServiceIndex(services(), vocabulary())


def _rows(name: str) -> list[dict[str, str]]:
    """A table of `data/`, one mapping a row."""
    return list(csv.DictReader((_DATA / name).read_text(encoding="utf-8").splitlines()))
