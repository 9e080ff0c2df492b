"""Work that may hang for ever holds up nobody else."""

import asyncio
import subprocess
import sys
from functools import partial
from threading import Event

import pytest

from queue_server.journal.aside import Aside


async def test_it_gives_what_the_work_gives_or_raises() -> None:
    """However many ask at once."""
    aside = Aside(2, 30)
    assert await asyncio.gather(*(aside.run(partial(abs, -number)) for number in range(9))) == [*range(9)]
    with pytest.raises(ZeroDivisionError):
        await aside.run(lambda: 1 // 0)


async def test_what_hangs_is_given_up_and_its_thread_comes_back() -> None:
    """Others find no thread meanwhile, and are told in the same time; then all goes on."""
    aside, back = Aside(2, 0.05), Event()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await aside.run(back.wait)
    back.set()
    for _ in range(5):
        await _insist(aside)


async def _insist(aside: Aside) -> None:
    while True:
        try:
            return await aside.run(lambda: None)
        except TimeoutError:  # a busy machine
            continue


def test_a_process_ends_while_its_work_hangs() -> None:
    """A server that is to stop does not wait for a share that is away."""
    program = """
import asyncio, threading
from queue_server.journal.aside import Aside
try:
    asyncio.run(Aside(1, 0.05).run(threading.Event().wait))
except TimeoutError:
    print("given up")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    assert ended.stdout.strip() == b"given up"
