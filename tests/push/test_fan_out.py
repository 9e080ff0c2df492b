"""One worker and one clock for all topics."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from structlog.testing import capture_logs

from queue_server.push.fan_out import FanOut
from tests.waiting import until


class Job:
    """Work of so many steps, each touching so many sockets."""

    def __init__(self, trace: list[str], name: str, steps: int, touches: int = 1) -> None:
        self.trace = trace
        self.name = name
        self.steps = steps
        self.touches = touches
        self.failed = False

    def step(self) -> int:
        if not self.steps:
            return 0
        self.steps -= 1
        self.trace.append(self.name)
        return self.touches

    def fail(self) -> None:
        self.failed = True


class Bug(Job):
    def step(self) -> int:
        raise RuntimeError("a bug")


@contextlib.asynccontextmanager
async def running(fan_out: FanOut) -> AsyncIterator[None]:
    task = asyncio.create_task(fan_out.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_topics_take_turns_and_so_does_everybody_else() -> None:
    """After so many sockets the loop gets its turn, whichever topic they belong to."""
    trace: list[str] = []
    fan_out = FanOut(10, lambda: 0.0)
    for name in "abc":
        fan_out.wake(Job(trace, name, 4, 5))

    def other() -> None:
        trace.append("-")
        if len(trace) < 20:
            asyncio.get_running_loop().call_soon(other)

    async with running(fan_out):
        asyncio.get_running_loop().call_soon(other)
        await until(lambda: trace.count("c") == 4)
    assert "".join(trace).strip("-") == "ab-ca-bc-ab-ca-bc"


async def test_waking_twice_is_waking_once() -> None:
    trace: list[str] = []
    fan_out = FanOut(10, lambda: 0.0)
    job = Job(trace, "a", 1)
    fan_out.wake(job)
    fan_out.wake(job)
    assert len(fan_out._ready) == 1
    async with running(fan_out):
        await until(lambda: trace == ["a"] and not fan_out._queued)
        job.steps = 1
        fan_out.wake(job)
        await until(lambda: trace == ["a", "a"])


async def test_a_bug_in_one_topic_is_not_the_others() -> None:
    """It is logged, and that topic gives up; the others go on."""
    trace: list[str] = []
    fan_out = FanOut(10, lambda: 0.0)
    bug, job = Bug(trace, "x", 1), Job(trace, "a", 3)
    with capture_logs() as logs:
        fan_out.wake(bug)
        fan_out.wake(job)
        async with running(fan_out):
            await until(lambda: trace == ["a"] * 3)
    assert bug.failed
    assert [entry["event"] for entry in logs] == ["push.topic_failed"]


async def test_alarms_ring_when_due_and_again_as_they_say() -> None:
    now = [0.0]
    rung: list[tuple[str, float]] = []

    def ring(name: str, again_s: float | None) -> Callable[[], float | None]:
        def action() -> float | None:
            rung.append((name, now[0]))
            return None if again_s is None else now[0] + again_s

        return action

    fan_out = FanOut(10, lambda: now[0])
    fan_out.at(2.0, ring("once", None))
    fan_out.at(1.0, ring("often", 2.0))
    async with running(fan_out):
        for second in range(1, 6):
            now[0] = float(second)
            await until(lambda: not fan_out._alarms or fan_out._alarms[0][0] > now[0])
    assert rung == [("often", 1.0), ("once", 2.0), ("often", 3.0), ("often", 5.0)]
