"""Pages: a hall's set-up, section by section, for its head and for administrators."""

from starlette.routing import Route

from queue_server.web.pages.admin import halls, people, screens, sections, services
from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin` and what lies below it."""
    return [route for module in (halls, people, services, screens, sections) for route in module.routes(pages)]
