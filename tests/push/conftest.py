"""What the fan-out is driven over: each event loop that the server runs on, with and without our uvicorn protocol."""

import asyncio
import sys
from collections.abc import Callable, Mapping

import pytest

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def pytest_asyncio_loop_factories() -> Mapping[str, LoopFactory]:
    """Each asynchronous test of this folder runs once on each loop."""
    if sys.platform == "win32":
        return {"asyncio": asyncio.new_event_loop}
    import uvloop

    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(params=[True, False], ids=["raw", "plain"])
def raw(request: pytest.FixtureRequest) -> bool:
    """Whether the server offers the extension; without it the same is promised, only slower."""
    return bool(request.param)
