"""Page: clerk."""

from starlette.routing import Route

from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """Its routes."""
    return []
