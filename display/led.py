"""`python -m display led`: the LED strip over one counter."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import tzinfo
from zoneinfo import ZoneInfo

import httpx

from display.keeper import until_it_answers
from display.led_strip import BadStrip, Strip, open_strip
from display.led_text import strip_text
from queue_server.live_client import BadAddress, Connection, live_address
from queue_server.wire.subscriber import Status, Stop, Subscriber

__all__ = ["drive", "main"]

log = logging.getLogger(__name__)

OK = 0
USAGE = 2
REFUSED = 3

AGAIN_S = 10.0
"""A strip is told again so often what it shows: it may have been switched on since."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Drive the strip until Ctrl-C or SIGTERM; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        address, strip = live_address(options.server, options.hall), open_strip(options.to, options.width)
    except (BadAddress, BadStrip) as problem:
        print(f"led: {problem}", file=sys.stderr)
        return USAGE
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it, and so both
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))  # stop as cleanly as at Ctrl-C
    print(f"led: counter {options.counter} of {options.hall} on {options.to}, {options.width} characters", flush=True)
    try:
        stop = asyncio.run(_run(options, address, strip))
    except KeyboardInterrupt:
        print("led: stopped", file=sys.stderr)
        return OK
    print(f"led: {stop}", file=sys.stderr)
    return REFUSED


async def _run(options: argparse.Namespace, address: str, strip: Strip) -> str:
    """Why it ended: the server has no such counter."""
    await until_it_answers(options.server)
    async with httpx.AsyncClient(base_url=options.server, trust_env=False) as client:
        answer = await client.get(f"/api/v1/halls/{options.hall}")
    if not answer.is_success:
        return str(answer.json()["title"])
    timezone = ZoneInfo(answer.json()["timezone"])
    stop = await drive(Subscriber(f"counter.{options.counter}"), address, strip, options.width, timezone)
    return stop.meaning


async def drive(subscriber: Subscriber, address: str, strip: Strip, width: int, timezone: tzinfo) -> Stop:
    """Show the counter's state on the strip until the server says that coming back is useless.

    The strip is written to off the event loop, one line at a time; of lines that come meanwhile only the last matters.
    """
    changed = asyncio.Event()

    def text() -> str:
        return strip_text(subscriber.state if subscriber.status is Status.LIVE else None, width, timezone)

    def change(*_: object) -> None:
        changed.set()

    connection = Connection(address, None, subscriber, on_change=change, on_status=changed.set)
    following = asyncio.create_task(connection.run())
    showing = asyncio.create_task(_show(strip, text, changed))
    try:
        return await following
    finally:
        following.cancel()
        showing.cancel()
        await asyncio.gather(following, showing, return_exceptions=True)
        strip.close()


async def _show(strip: Strip, text: Callable[[], str], changed: asyncio.Event) -> None:
    reached = True
    while True:
        changed.clear()
        shown = text()
        try:
            await asyncio.to_thread(strip.show, shown)
            if not reached:
                log.info("strip_reached")
            reached = True
        except OSError as exc:
            if reached:
                log.warning("strip_unreachable cause=%r, it is tried again every %g s", exc, AGAIN_S)
            reached = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_S):
                while not reached or text() == shown:  # one that cannot be reached is not tried at every heartbeat
                    await changed.wait()
                    changed.clear()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m display led",
        description="Show one counter's state on an LED strip. "
        "Exit codes: 0 stopped, 2 cannot start so, 3 refused by the server.",
    )
    parser.add_argument("--server", required=True, metavar="URL", help="where the server is: http://192.168.1.10:8000")
    parser.add_argument("--hall", required=True, help="the hall's id: town")
    parser.add_argument("--counter", required=True, type=int, metavar="N", help="the counter's number")
    parser.add_argument(
        "--to", required=True, metavar="STRIP", help="serial:/dev/ttyUSB0?baud=9600 or tcp://192.168.1.50:5000"
    )
    parser.add_argument(
        "--width", type=int, choices=range(4, 33), default=8, metavar="N", help="full-width characters (8)"
    )
    return parser
