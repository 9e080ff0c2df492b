"""…/services: what a hall offers, and what its head decides about that."""

from typing import Any

import msgspec
from msgspec.structs import replace

from queue_server.domain.hall import Hall
from queue_server.domain.service import Guide, as_offered, choose, guide_of, service_rules
from queue_server.web import schemas
from queue_server.web.access import EVERYONE
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.changes import changed_since, overtaken
from queue_server.web.problems import ProblemError

__all__ = ["OPERATIONS"]

OF_ITEMS = frozenset({"services", "choices", "guides"})
"""The parts of a set-up that say something of an item."""
QUERY = (Query("q", {"type": "string", "description": "Chinese, pinyin or initials; all services without it"}),)


async def search(call: Call) -> Reply:
    """The hall's services that match `q`, best first."""
    hall = call.runner.hall
    book = call.runner.books.durable.hall
    if hall is None or book is None:
        raise ProblemError("hall_unknown")
    found = []
    for no in call.server.catalogue.search(call.query().get("q", "")):
        rule = hall.services.get(no)
        if rule is not None:
            service = as_offered(call.server.catalogue.by_number[no], hall.choices)
            found.append(
                {
                    "no": no,
                    "name": service.name,
                    "main_item": service.main_item,
                    "sub_item": service.sub_item,
                    "item_kind": service.item_kind,
                    "level": service.level,
                    "department": service.department,
                    "handling": rule.handling,
                    "queue": rule.queue,
                    "guide": _guide(guide_of(service, book.guides)),
                }
            )
    return Reply({"services": found})


def _guide(guide: Guide) -> dict[str, Any]:
    """The guide as the wire shows it: its steps are one text, a line each; what is not known is absent."""
    view: dict[str, Any] = msgspec.to_builtins(guide)
    return view | {"steps": "\n".join(guide.steps)} if guide.steps else view


def _stated(asked: schemas.NewGuide) -> Guide:
    return Guide(**{name: getattr(asked, name) for name in Guide.__struct_fields__})


async def decide(call: Call) -> Reply:
    """The head offers a catalogue item (confirming a doubtful entry under its right name), or withdraws it."""
    asked: schemas.OfferService = call.body
    call.key_is_new_to("day")
    catalogue, before = call.server.catalogue, call.runner.books.durable.hall
    service = catalogue.by_number.get(asked.no)
    if before is None:
        raise ProblemError("hall_unknown")
    if service is None:
        raise ProblemError("service_unknown", service=asked.no)
    if asked.queue is not None and asked.queue not in before.queues:
        raise ProblemError("queue_unknown", queue=asked.queue)
    if asked.offered and service.doubtful and asked.name is None and asked.no not in before.choices.names:
        raise ProblemError("name_needed", service=asked.no)
    await _not_overtaken(call, before)
    choices = choose(
        before.choices,
        service,
        before.level,
        asked.offered,
        name=asked.name,
        handling=asked.handling,
        queue=asked.queue,
    )
    services = service_rules(
        catalogue.by_number.values(), before.level, before.queues, catalogue.default_handling, choices
    )
    guides = before.guides if asked.guide is None else {**before.guides, asked.no: _stated(asked.guide)}
    after = replace(before, choices=choices, services=services, guides=guides)
    outcome = await call.runner.configure(after, call.caller.id, call.command_id, call.fingerprint, before)
    call.accepted(outcome)
    await call.runner.settle()
    version = call.runner.books.durable.hall_seq
    return Reply({"no": asked.no, "offered": asked.offered, "version": version})


async def _not_overtaken(call: Call, present: Hall) -> None:
    """Refuse what would undo another's change of the same item, made since it was looked at."""
    asked, books = call.body, call.runner.books
    if asked.version in (None, books.durable.hall_seq) or books.knows(call.command_id):
        return
    since = await changed_since(call.runner, asked.version)
    if since is None:
        raise await overtaken(call, "hall_changed", [])
    looked_at, found = since
    if _item(looked_at, asked.no) != _item(present, asked.no):
        raise await overtaken(call, "hall_changed", [each for each in found if OF_ITEMS & {*each["fields"]}])


def _item(hall: Hall, no: int) -> tuple[object, ...]:
    """All that the hall says of an item."""
    return hall.services.get(no), hall.choices.names.get(no), hall.guides.get(no)


OPERATIONS = (
    Operation(
        method="GET",
        path="/halls/{hall}/services",
        summary="Search the hall's services",
        handler=search,
        who=EVERYONE,
        result=schemas.Services,
        query=QUERY,
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/services",
        summary="Offer a catalogue item, or withdraw it",
        handler=decide,
        who=frozenset({"head", "admin"}),
        body=schemas.OfferService,
        result=schemas.Offered,
        codes=("service_unknown", "queue_unknown", "name_needed", "hall_changed", "hall_invalid"),
    ),
)
