"""Page: the catalogue's items as a hall offers them, with their guides."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.domain.service import Guide, Service, as_offered
from queue_server.web.access import KEEPERS
from queue_server.web.pages.admin.section import render, written
from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin/{hall}/services`."""

    async def services(request: Request) -> Response:
        hall, _ = await written(pages, request)
        catalogue = pages.server.catalogue
        items = [_item(service, hall, catalogue.default_handling[no]) for no, service in catalogue.by_number.items()]
        return await render(pages, request, "services", items=items)

    return [pages.route("/admin/{hall}/services", services, KEEPERS)]


def _item(service: Service, hall: Hall, handling: str) -> dict[str, Any]:
    """One item. doubtful: what is in doubt about the printed entry, "" when nothing is; queue: "" when not offered."""
    rule = hall.services.get(service.no)
    shown = as_offered(service, hall.choices)
    return {
        "no": service.no,
        "name": shown.name,
        "under": f"{service.main_item} {service.sub_item}".strip(),
        "kind": service.item_kind,
        "department": service.department,
        "doubtful": service.doubtful or "",
        "offered": rule is not None,
        "handling": handling if rule is None else rule.handling,
        "queue": "" if rule is None else rule.queue,
        "guide": msgspec.to_builtins(hall.guides.get(service.no, Guide())),
    }
