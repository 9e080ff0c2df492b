"""One job at a time for each printer, in order; the same order twice prints once. In memory: it is not history."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from queue_server.domain.printer import Printer
from queue_server.printing.errors import Failed

__all__ = ["Spool"]

KEPT = 1000
"""Orders that are remembered; at a busy hall's three a minute, some hours of them."""


class Spool:
    """The printers of all halls, as far as they were used."""

    def __init__(self) -> None:
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._orders: dict[str, asyncio.Future[None]] = {}

    async def print(self, place: str, printer: Printer, order: str, job: Callable[[], bytes]) -> None:
        """Print a job, after those that came before it. Raises PrintError.

        place: what tells this printer from all others. order: an order that was given before gets the same outcome and
        prints nothing. job: called in the printer's thread, because drawing takes a while.
        """
        if (done := self._orders.get(order)) is None:
            if place not in self._threads:
                self._threads[place] = ThreadPoolExecutor(1, thread_name_prefix="printer")
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._threads[place], _print, printer, job)
            done.add_done_callback(lambda future: future.cancelled() or future.exception())  # seen, also by nobody
            self._orders[order] = done
            if len(self._orders) > KEPT:
                del self._orders[next(iter(self._orders))]
        await asyncio.shield(done)

    def close(self) -> None:
        """Take no more jobs; what is being printed is finished by itself."""
        for thread in self._threads.values():
            thread.shutdown(wait=False, cancel_futures=True)


def _print(printer: Printer, job: Callable[[], bytes]) -> None:
    """One job, in the printer's thread. Raises PrintError.

    What drives printers is imported here, and not sooner: python-escpos takes a quarter of a server's start, and writes
    a file on its import, which a full disk must not let keep the server from starting.
    """
    try:
        from queue_server.printing.printer import send
    except OSError as error:
        raise Failed from error
    send(printer, job())
