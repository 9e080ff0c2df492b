"""Waiting for what nobody tells of: another process, a presence, a count."""

import asyncio
import os
from collections.abc import Callable

__all__ = ["SCALE", "until"]

SCALE = float(os.environ.get("TEST_TIME_SCALE", "1"))
"""Slow machine? Time-outs are multiplied by this."""


async def until(holds: Callable[[], object], within_s: float = 30.0) -> None:
    """Let the event loop work until `holds()` says yes. Raises TimeoutError."""
    async with asyncio.timeout(within_s * SCALE):
        while not holds():  # noqa: ASYNC110 - that is what it is for
            await asyncio.sleep(0.005)
