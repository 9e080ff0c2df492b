"""Work that may hang for ever, as on a network share that is away: aside from everything else."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar, cast

__all__ = ["Aside"]

T = TypeVar("T")


class Aside:
    """Threads that nobody waits for: not others' work, which has its own, and not the end of the process.

    most: how many may be at work at a time. patience_s: how long anybody waits for one of them.
    """

    def __init__(self, most: int, patience_s: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._patience_s = patience_s

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives or raises. Raises TimeoutError; it goes on then, and its thread is free when it ends."""
        async with asyncio.timeout(self._patience_s):
            await self._free.acquire()
            loop = asyncio.get_running_loop()
            outcome: asyncio.Future[T] = loop.create_future()

            def settle(result: T | None, error: Exception | None) -> None:
                self._free.release()
                if outcome.done():
                    return  # nobody waits any more
                if error is not None:
                    outcome.set_exception(error)
                else:
                    outcome.set_result(cast(T, result))

            def carry_out() -> None:
                try:
                    done: tuple[T | None, Exception | None] = work(), None
                except Exception as error:  # raised again where it is awaited
                    done = None, error
                with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                    loop.call_soon_threadsafe(settle, *done)

            Thread(target=carry_out, name="aside", daemon=True).start()
            return await outcome
