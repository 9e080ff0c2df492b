"""`jiaohao serve` on an empty folder, as whoever sets it up finds it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.process import READY_S

__all__ = ["served"]


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[str]:
    """`jiaohao serve` on an empty folder; the address that it prints for whoever sets it up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "queue_server", "serve", "--port", "0", "--data", str(data),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            while (found := re.search(rb"http\S+/setup#code=\S+", await process.stdout.readline())) is None:
                pass
        yield found[0].decode()
    finally:
        process.terminate()
        await process.wait()
