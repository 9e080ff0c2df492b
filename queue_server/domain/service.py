"""The catalogue's items 事项: which of them a hall offers, how each is handled, and which queue it goes to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from queue_server.domain.fault import Fault
from queue_server.domain.queue import Queue
from queue_server.domain.value import Value

__all__ = [
    "Choices",
    "Guide",
    "Handling",
    "HandlingRule",
    "Level",
    "Service",
    "ServiceRule",
    "as_offered",
    "choose",
    "faults",
    "guide_of",
    "handling_rule",
    "is_offered",
    "offered_by_default",
    "queue_for",
    "service_rules",
]

Level = Literal["township", "village"]
"""What a hall is: 便民服务中心 of a township, or 便民服务站 of a village."""

Handling = Literal["instant", "promised"]
"""instant 即办: done while the citizen waits. promised 承诺: taken in, and a result promised by a day."""


class Service(Value, frozen=True, kw_only=True):
    """One item of the catalogue.

    no: its number in the catalogue, 1-154. main_item, sub_item 主项、子项: the headings it stands under.
    item_kind 事项类型: e.g. "行政许可". level: "D", done at townships, or "DE", at villages too. department: the one
    that guides it. doubtful: what is in doubt about the printed entry, for the head to check; None when nothing is.
    """

    no: int
    name: str
    main_item: str
    sub_item: str
    item_kind: str
    level: Literal["D", "DE"]
    department: str
    doubtful: str | None = None


class Guide(Value, frozen=True, kw_only=True):
    """What a citizen should know before coming 办事指南; what a hall has not stated is absent.

    Texts as shown. legal_limit, promised_limit: as worded, e.g. "20 个工作日". materials, steps: one entry each.
    """

    item_kind: str | None = None
    conditions: str | None = None
    materials: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    legal_limit: str | None = None
    promised_limit: str | None = None
    result: str | None = None
    fee: str | None = None
    basis: str | None = None
    consult_phone: str | None = None
    complaint_phone: str | None = None


class HandlingRule(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the table that says how items are handled.

    kinds: item kinds that it speaks of, empty for all. name: regular expression found in the item's name, empty for
    all. reason: why, in a sentence for the staff.
    """

    handling: Handling
    reason: str
    kinds: tuple[str, ...] = ()
    name: str = ""

    def fits(self, service: Service) -> bool:
        """Whether the rule speaks of this item."""
        return (not self.kinds or service.item_kind in self.kinds) and re.search(self.name, service.name) is not None


class ServiceRule(Value, frozen=True, kw_only=True):
    """How one hall handles one item: the queue its tickets go to, and whether it is done at once."""

    queue: str
    handling: Handling


class Choices(Value, frozen=True, kw_only=True):
    """What one hall's head decided about items, all by catalogue number.

    added: offered though the hall's level does not by default. confirmed: doubtful entries that were checked.
    withdrawn: not offered, whatever else is said. names: the right name of an entry whose printed one is in doubt.
    handling: instead of what the rules say. queues: id of the queue, instead of the one that follows from the handling.
    """

    added: frozenset[int] = frozenset()
    confirmed: frozenset[int] = frozenset()
    withdrawn: frozenset[int] = frozenset()
    names: dict[int, str] = {}
    handling: dict[int, Handling] = {}
    queues: dict[int, str] = {}


_NONE = Choices()


def handling_rule(service: Service, rules: Iterable[HandlingRule]) -> HandlingRule:
    """The rule that decides how an item is handled: the first that fits.

    Raises LookupError when none fits, so a table ends with a rule that fits everything.
    """
    for rule in rules:
        if rule.fits(service):
            return rule
    raise LookupError(f"no handling rule fits service {service.no}")


def offered_by_default(service: Service, level: Level) -> bool:
    """Whether a hall of this level offers an item without its head having said anything.

    A township offers all, a village those of level DE; neither an entry that is in doubt.
    """
    return service.doubtful is None and _of_level(service, level)


def is_offered(service: Service, level: Level, choices: Choices = _NONE) -> bool:
    """Whether a hall offers an item. A doubtful one needs its confirmation, even where it was added."""
    if service.no in choices.withdrawn:
        return False
    if service.doubtful is not None and service.no not in choices.confirmed:
        return False
    return service.no in choices.added or _of_level(service, level)


def as_offered(service: Service, choices: Choices = _NONE) -> Service:
    """The item as a hall shows it: under its corrected name, without a doubt that the head has settled."""
    if service.no not in choices.confirmed and service.no not in choices.names:
        return service
    return msgspec.structs.replace(
        service,
        name=choices.names.get(service.no, service.name),
        doubtful=None if service.no in choices.confirmed else service.doubtful,
    )


def choose(
    choices: Choices,
    service: Service,
    level: Level,
    offered: bool,
    *,
    name: str | None = None,
    handling: Handling | None = None,
    queue: str | None = None,
) -> Choices:
    """The choices after the head has decided about one item. What is None stays as it was chosen before."""
    no = frozenset({service.no})
    return Choices(
        added=choices.added | no if offered and not _of_level(service, level) else choices.added - no,
        confirmed=choices.confirmed | no if offered and service.doubtful else choices.confirmed - no,
        withdrawn=choices.withdrawn - no if offered else choices.withdrawn | no,
        names=choices.names if name is None else {**choices.names, service.no: name},
        handling=choices.handling if handling is None else {**choices.handling, service.no: handling},
        queues=choices.queues if queue is None else {**choices.queues, service.no: queue},
    )


def queue_for(
    service: Service, handling: Handling, queues: Mapping[str, Queue], choices: Choices = _NONE
) -> str | None:
    """The id of the queue that an item's tickets join; None when the hall has no queue that takes items.

    The head's choice comes first (and is passed over when the hall no longer has that queue). Otherwise instant items
    join the first express queue, or the first comprehensive one where there is no express; promised ones the first
    comprehensive. Queues of other kinds get items by the head's choice alone.
    """
    chosen = choices.queues.get(service.no)
    if chosen is not None and chosen in queues:
        return chosen
    for kind in ("express", "comprehensive") if handling == "instant" else ("comprehensive",):
        for queue_id, queue in queues.items():
            if queue.kind == kind:
                return queue_id
    return None


def service_rules(
    services: Iterable[Service],
    level: Level,
    queues: Mapping[str, Queue],
    handling: Mapping[int, Handling],
    choices: Choices = _NONE,
) -> dict[int, ServiceRule]:
    """All items that a hall offers, with handling and queue, in the order of `services`: `Hall.services`.

    handling: what the rules say, by number. An item that no queue takes is left out.
    """
    rules: dict[int, ServiceRule] = {}
    for service in services:
        if not is_offered(service, level, choices):
            continue
        way = choices.handling.get(service.no, handling[service.no])
        queue = queue_for(service, way, queues, choices)
        if queue is not None:
            rules[service.no] = ServiceRule(queue=queue, handling=way)
    return rules


def guide_of(service: Service, guides: Mapping[int, Guide]) -> Guide:
    """The hall's guide to an item, with its kind filled in from the catalogue where the hall did not state one."""
    guide = guides.get(service.no, Guide())
    return guide if guide.item_kind is not None else msgspec.structs.replace(guide, item_kind=service.item_kind)


def faults(choices: Choices, numbers: frozenset[int], queues: Mapping[str, Queue]) -> Iterator[Fault]:
    """What in a head's choices names nothing; nothing when all is sound.

    numbers: those of the catalogue.
    """
    for name in choices.__struct_fields__:
        for no in sorted(frozenset(getattr(choices, name)) - numbers):
            yield Fault(f"choices.{name}", "no_unknown", {"value": no})
    for no, name in sorted(choices.names.items()):
        if not name.strip():
            yield Fault(f"choices.names.{no}", "empty")
    for no, queue in sorted(choices.queues.items()):
        if queue not in queues:
            yield Fault(f"choices.queues.{no}", "queue_unknown", {"value": queue})


def _of_level(service: Service, level: Level) -> bool:
    return level == "township" or service.level == "DE"
