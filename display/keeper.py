"""A program kept running, with all that it starts, for as long as its keeper runs."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import httpx

__all__ = ["keep_open", "until_it_answers"]

log = logging.getLogger(__name__)

ASK_EVERY_S = 2.0  # whether the server is there
ANSWER_S = 5.0
STEADY_S = 60.0  # a browser that lasted so long was fine
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)  # before it is started again, by how often in a row it did not last
STOP_S = 5.0


async def keep_open(
    command: Sequence[str],
    ready: Callable[[], Awaitable[None]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Run a program for ever, again and again; it is stopped when this is cancelled.

    ready: waited for before each start: a browser that finds no server would show its own error page. One that ends at
    once is started less and less often.
    """
    failed = 0
    while True:
        await ready()
        began = monotonic()
        async with _running(command) as process:
            code = await process.wait()
        failed = 1 if monotonic() - began >= STEADY_S else failed + 1
        pause_s = PAUSES_S[min(failed, len(PAUSES_S)) - 1]
        log.warning("browser_ended code=%s, it is started again in %g s", code, pause_s)
        await sleep(pause_s)


@contextlib.asynccontextmanager
async def _running(command: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program with all that it starts, which ends with this."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            _signal(process, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                log.warning("browser_does_not_stop, it is killed")
                process.kill()
                await process.wait()


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if sys.platform == "win32":
        process.terminate()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


async def until_it_answers(server: str) -> None:
    """Wait until the server takes commands."""
    async with httpx.AsyncClient(base_url=server, timeout=ANSWER_S, trust_env=False) as client:
        told = False
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/readyz")).is_success:
                    return
            if not told:
                log.warning("no_server at %s yet, it is waited for", server)
                told = True
            await asyncio.sleep(ASK_EVERY_S)
