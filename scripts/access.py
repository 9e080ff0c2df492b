"""Brings the tables of docs/access.md, who may do what, up to date with those that the server itself goes by.
`python -m scripts.access`.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from queue_server.app import running
from queue_server.settings import Settings
from queue_server.web.access import Role
from queue_server.web.live import TOPICS
from queue_server.web.pages import page_routes
from queue_server.web.pages.page import PageRoute, Pages
from queue_server.web.routes import OPERATIONS

__all__ = ["DOCUMENT", "ROLES", "updated"]

DOCUMENT = Path(__file__).parents[1] / "docs" / "access.md"
ROLES: tuple[Role, ...] = get_args(Role)
TABLES = "## Calls\n"
"""Where the document's tables begin; what stands before is written by hand."""


async def updated(document: str) -> str:
    """The document with the tables as they are now."""
    calls = [(f"`{operation.method} {operation.path}`", operation.who) for operation in OPERATIONS]
    topics = [(f"`{kind}`", who) for kind, who in TOPICS.items()]
    with TemporaryDirectory() as folder:
        async with running(Settings(data=folder)) as server:
            routes = [route for route in page_routes(Pages(server)) if isinstance(route, PageRoute)]
    pages = [(f"`{route.path}`", route.who) for route in routes]
    by_hand = document.partition(TABLES)[0]
    return f"{by_hand}{TABLES}\n{_table(calls)}\n## Live topics\n\n{_table(topics)}\n## Pages\n\n{_table(pages)}"


def _table(rows: Iterable[tuple[str, frozenset[Role]]]) -> str:
    lines = [("", *ROLES), ("---", *(":-:" for _ in ROLES))]
    lines += [(name, *("●" if role in who else "" for role in ROLES)) for name, who in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Rewrite the document."""
    DOCUMENT.write_text(asyncio.run(updated(DOCUMENT.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
