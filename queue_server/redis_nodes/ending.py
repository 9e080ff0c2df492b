"""Ending tasks that speak to Redis."""

import asyncio
from collections.abc import Iterable
from typing import Any

__all__ = ["ended"]

AGAIN_S = 0.05


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and return when none of them runs any more.

    redis-py writes by `asyncio.wait_for`, in which Python 3.11 may lose that a task was cancelled; so that is repeated.
    """
    running = set(tasks)
    while running := {task for task in running if not task.done()}:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=AGAIN_S)
