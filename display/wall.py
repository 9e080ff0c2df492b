"""`python -m display wall`: one page of a hall, full-screen, for as long as the machine is on."""

import argparse
import asyncio
import hashlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

from display.awake import kept_awake
from display.browser import NoBrowser, browser_command, find_browser
from display.keeper import keep_open, until_it_answers

__all__ = ["main", "page_address"]

OK = 0
USAGE = 2  # also: this machine cannot do what was asked

PAGES = {
    "screen": "/screen/{hall}",
    "counter": "/screen/{hall}/{counter}",
    "kiosk": "/kiosk/{hall}",
    "evaluator": "/evaluator/{hall}/{counter}",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep the page open until Ctrl-C or SIGTERM; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if ("{counter}" in PAGES[options.page]) != (options.counter is not None):
        parser.error("--counter belongs to the pages counter and evaluator, and they need it")
    if options.screen is not None and options.page != "screen":
        parser.error("--screen belongs to the page screen")
    try:
        browser = find_browser(options.browser)
    except NoBrowser as problem:
        print(f"wall: {problem}", file=sys.stderr)
        return USAGE
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it, and so both
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # stop as cleanly as at Ctrl-C
    address = page_address(options.server, options.hall, options.page, options.counter, options.screen)
    command = browser_command(
        browser, _with_query(address, options.query), _profile(options.profile, address), *options.switch
    )
    print(f"{address} in {browser}", flush=True)
    try:
        with kept_awake():
            asyncio.run(keep_open(command, lambda: until_it_answers(options.server)))
    except KeyboardInterrupt:
        print("wall: stopped", file=sys.stderr)
    return OK


def page_address(server: str, hall: str, page: str, counter: int | None = None, screen: str | None = None) -> str:
    """Where a page is. counter: whose, of a page that is a counter's; screen: which of the hall's, if any."""
    address = server + PAGES[page].format(hall=quote(hall, safe=""), counter=counter)
    return address if screen is None else f"{address}?screen={quote(screen, safe='')}"


def _with_query(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


def _profile(asked: Path | None, address: str) -> Path:
    """The browser's folder: one for each page, so that a kiosk and a wall on one machine are two devices."""
    if asked is not None:
        return asked
    home = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_STATE_HOME")
    name = hashlib.sha256(address.encode()).hexdigest()[:12]
    return Path(home or Path.home() / ".local" / "state") / "jiaohao" / f"browser-{name}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m display wall",
        description="Keep one page of a hall open, full-screen, in the system's Chromium, Chrome or Edge: with sound, "
        "printing to the default printer, the screen kept awake, and started again when it ends. "
        "Exit codes: 0 stopped, 2 cannot start so.",
    )
    parser.add_argument(
        "--server", required=True, type=_server, metavar="URL", help="where the server is: http://192.168.1.10:8000"
    )
    parser.add_argument("--hall", required=True, help="the hall's id: town")
    parser.add_argument("--page", choices=PAGES, default="screen", help="what this device is (screen)")
    parser.add_argument("--counter", type=int, metavar="N", help="whose counter's screen or evaluator it is")
    parser.add_argument("--screen", metavar="ID", help="which of the hall's screens it is (one of everything)")
    parser.add_argument(
        "--query", default="", metavar="NAME=VALUE", help="for the page: theme=dark, chime=off, lang=en"
    )
    parser.add_argument("--browser", metavar="PROGRAM", help="which one; without it, the first that is found")
    parser.add_argument(
        "--profile", type=Path, metavar="DIR", help="where it keeps its pairing (a folder of the user's)"
    )
    parser.add_argument(
        "--switch", action="append", default=[], metavar="=--SWITCH", help="a further switch of the browser, repeatable"
    )
    return parser


def _server(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{text!r} is no address like http://192.168.1.10:8000")
    return text.rstrip("/")
