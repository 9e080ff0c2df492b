"""The pages: server-rendered, plain modules, no build step; each works without the internet."""

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from queue_server.web.pages import clerk, evaluator, hall_screen, kiosk, manager, phone, start
from queue_server.web.pages.page import Pages, static_folder
from queue_server.web.server import Server

__all__ = ["page_routes"]


def page_routes(server: Server) -> list[BaseRoute]:
    """All pages and what they load."""
    pages = Pages(server)
    return [
        *(
            route
            for module in (start, kiosk, hall_screen, clerk, evaluator, phone, manager)
            for route in module.routes(pages)
        ),
        Mount("/static", StaticFiles(directory=static_folder())),
    ]
