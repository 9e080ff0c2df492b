"""The pages: server-rendered, plain modules, no build step; each works without the internet."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from queue_server.web.pages import (
    admin,
    clerk,
    complain,
    complaints,
    counter_screen,
    district,
    evaluator,
    follow_up,
    guide,
    hall_phone,
    hall_screen,
    hall_screen_voice,
    history,
    kiosk,
    manager,
    own_ratings,
    phone,
    phone_offline,
    posts,
    ratings,
    report,
    setup,
    slip,
    start,
)
from queue_server.web.pages.page import Pages, static_folder

__all__ = ["page_routes"]


class _Static(StaticFiles):
    """Scripts and styles, asked for anew each time: a module imported by another has no version in its address."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"  # kept, and used again once its tag was found the same
        return response


def page_routes(pages: Pages) -> list[BaseRoute]:
    """All pages and what they load."""
    modules = (
        *(start, setup, admin, kiosk, hall_phone, hall_screen, hall_screen_voice, counter_screen, clerk, guide),
        *(
            evaluator,
            phone_offline,
            phone,
            slip,
            manager,
            history,
            district,
            report,
            ratings,
            follow_up,
            own_ratings,
            posts,
        ),
        *(complain, complaints),
    )
    return [
        *(route for module in modules for route in module.routes(pages)),
        Mount("/static", _Static(directory=static_folder())),
    ]
