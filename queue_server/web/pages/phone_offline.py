"""Page: what a phone shows while it has no network, and what installs it there.

A service worker below `/t/` keeps one page without any ticket, the shell, with the files that it needs. It answers with
the shell when a ticket's page cannot be had; the shell shows what the phone itself kept of the ticket, marked as old.
"""

import json
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.web.access import EVERYONE
from queue_server.web.languages import language_of
from queue_server.web.pages.page import Pages, static_folder

__all__ = ["FILES", "GROUND", "SCOPE", "THEME", "routes"]

SCOPE = "/t/"
"""Where the worker may answer: the phone's pages and no other."""

SCRIPTS = ("api", "banner", "page", "phone_kept", "phone_offline", "phone_shell", "phone_view", "rows", "text_size")
QUEUES = ("agency", "certificate", "complaint", "comprehensive", "dedicated", "express")
FILES = (
    *(f"/static/{name}.css" for name in ("tokens", "base", "layout", "phone")),
    *(f"/static/{name}.js" for name in SCRIPTS),
    *(f"/static/icons/queue-{kind}.svg" for kind in QUEUES),
    "/static/fonts/overpass-latin-700-normal.woff2",
)
"""Everything that the shell loads."""

THEME, GROUND = "#0b559f", "#f4f6f8"
"""`--accent` and `--ground` of tokens.css, for systems that ask before there is a page."""

FRESH = {"cache-control": "no-cache"}


def routes(pages: Pages) -> list[Route]:
    """`/t/`, the shell, its worker, and the manifest."""
    folder = static_folder()
    source = (folder / "phone_worker.js").read_text("utf-8")
    files = _fingerprint(folder)

    async def mine(request: Request) -> Response:
        """The shell for whoever comes without a ticket's address. Its times are the phone's own: no hall is known."""
        return pages.render(request, "phone/shell.html", timezone="", theme=THEME)

    async def shell(request: Request) -> Response:
        """The same for the worker, in the language of its address alone."""
        return pages.render(request, "phone/shell.html", public_device=True, timezone="", theme=THEME)

    async def worker(request: Request) -> Response:
        """Another script whenever the shell or one of its files is another, so that browsers fetch them anew."""
        page = bytes((await shell(request)).body)
        name = blake2b(page + source.encode() + files, digest_size=8).hexdigest()
        address = f"{SCOPE}shell?lang={language_of(request, public_device=True).code}"
        shelf = json.dumps({"name": f"jiaohao-phone-{name}", "shell": address, "files": FILES})
        return Response(f"const SHELF = {shelf};\n\n{source}", headers=FRESH, media_type="text/javascript")

    async def manifest(request: Request) -> Response:
        """What the page is called once installed; browsers ask without cookies, so `?lang=` tells the language."""
        page = pages.render(request, "phone/manifest.webmanifest", scope=SCOPE, theme=THEME, ground=GROUND)
        return Response(page.body, headers=FRESH, media_type="application/manifest+json")

    return [
        pages.route(SCOPE, mine, EVERYONE),
        pages.route(SCOPE + "shell", shell, EVERYONE),
        pages.route(SCOPE + "worker.js", worker, EVERYONE),
        pages.route(SCOPE + "manifest.webmanifest", manifest, EVERYONE),
    ]


def _fingerprint(folder: Path) -> bytes:
    """A digest of all files that the shell loads."""
    digest = blake2b(digest_size=16)
    for address in FILES:
        digest.update(blake2b((folder / address.removeprefix("/static/")).read_bytes()).digest())
    return digest.digest()
