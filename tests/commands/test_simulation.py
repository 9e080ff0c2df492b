"""`--simulate`: the town lives, counter 1 is the visitors', and a person is never in anybody's way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from queue_server.app import running
from queue_server.commands.demo_halls import prepare_demo
from queue_server.commands.simulation import VISITORS_COUNTER, simulate
from queue_server.domain import commands, events
from queue_server.domain.events import DayEvent
from queue_server.engine.hall_runner import HallRunner
from queue_server.settings import Settings
from tests.waiting import until

SPEED = 2_000.0


@asynccontextmanager
async def simulated(data: Path, patience_s: float = 60.0) -> AsyncIterator[HallRunner]:
    """The demo's town, worked by simulated people."""
    async with running(Settings(data=str(data))) as server:
        await prepare_demo(server, None)
        runner = await server.hall("town")
        task = asyncio.create_task(simulate(runner, SPEED, seed=1, patience_s=patience_s))
        try:
            yield runner
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def happened(runner: HallRunner) -> list[DayEvent]:
    """All events of the day."""
    return [event async for _, some in runner.days.events_after(0) for event in some]


async def do(runner: HallRunner, command: commands.DayCommand, command_id: str) -> None:
    """What a person does."""
    await runner.run(command, command_id, "", lambda day, happened: None)


async def test_tickets_flow_and_counter_one_is_left_alone(data: Path) -> None:
    """Issued, called, served and rated at every staffed counter but the visitors' one."""
    async with simulated(data) as runner:
        counters = set(range(2, 7))

        def flows() -> bool:
            finished = Counter(t.legs[-1].counter for t in runner.day.tickets.values() if t.state == "finished")
            return finished.keys() >= counters and len(runner.day.ratings) > 5

        await until(flows)
        for event in await happened(runner):
            if isinstance(event, events.ClerkSignedOn | events.TicketCalled):
                assert event.counter in counters
        assert VISITORS_COUNTER not in runner.day.duties
        clerks = {counter: duty.clerk for counter, duty in runner.day.duties.items()}
        assert clerks == {counter: runner.day.hall.post_at(counter).a for counter in counters}  # type: ignore[union-attr]


async def test_a_person_signed_in_as_the_simulated_clerk_is_left_the_counter(data: Path) -> None:
    """From the first thing that the person does there; all other counters go on."""
    async with simulated(data) as runner:
        clerk = runner.day.hall.post_at(2).a  # type: ignore[union-attr]
        assert clerk is not None
        await until(lambda: 2 in runner.day.duties)
        await do(runner, commands.PauseCounter(by=clerk, counter=2), "person-1")
        duty, ticket = runner.day.duties[2], runner.day.at_counter(2)
        assert duty.pause is not None
        elsewhere = len([t for t in runner.day.tickets.values() if t.state == "finished"])
        await until(lambda: len([t for t in runner.day.tickets.values() if t.state == "finished"]) > elsewhere + 10)
        assert (runner.day.duties[2], runner.day.at_counter(2)) == (duty, ticket)


async def test_a_person_with_another_account_keeps_the_counter(data: Path) -> None:
    """However long, while on duty there."""
    async with simulated(data, patience_s=0.05) as runner:
        a = runner.day.hall.post_at(2).a  # type: ignore[union-attr]
        assert a is not None
        await until(lambda: 2 in runner.day.duties and runner.day.at_counter(2) is None)
        while 2 not in runner.day.duties or runner.day.duties[2].clerk == a:
            if runner.day.at_counter(2) is None:
                await do(runner, commands.SignOff(by=a, counter=2), f"off-{runner.day.seq}")
                await do(runner, commands.SignOn(by="u_person", counter=2, capacity="relief"), f"on-{runner.day.seq}")
            await asyncio.sleep(0)
        issued = len(runner.day.tickets)
        await until(lambda: len(runner.day.tickets) > issued + 20)
        assert runner.day.duties[2].clerk == "u_person"
        assert runner.day.at_counter(2) is None


async def test_a_counter_that_the_person_has_left_is_worked_again(data: Path) -> None:
    """After a while without a touch."""
    async with simulated(data, patience_s=0.05) as runner:
        a = runner.day.hall.post_at(5).a  # type: ignore[union-attr]
        assert a is not None
        await until(lambda: 5 in runner.day.duties)
        await do(runner, commands.PauseCounter(by=a, counter=5), "person-1")
        await do(runner, commands.ResumeCounter(by=a, counter=5), "person-2")
        before = len([t for t in runner.day.tickets.values() if t.legs and t.legs[-1].counter == 5])
        await until(
            lambda: len([t for t in runner.day.tickets.values() if t.legs and t.legs[-1].counter == 5]) > before
        )
