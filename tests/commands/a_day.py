"""A data folder with a small day in it, made once and copied for each test."""

from pathlib import Path

from queue_server.app import running
from queue_server.commands.hall_file import read_hall
from queue_server.domain import commands
from queue_server.settings import Settings
from tests.commands.conftest import WORLD

__all__ = ["TICKETS", "found", "work"]

TICKETS = 20


async def work(data: Path) -> None:
    """Set the station up, and issue tickets in its day."""
    async with running(Settings(data=str(data))) as server:
        runner = await server.registry.create("station")
        await runner.configure(read_hall(WORLD, {}), "", "set-up", "")
        for n in range(TICKETS):
            ticket = commands.IssueTicket(by="kiosk", ticket=f"ticket-{n}", queue="all")
            await runner.run(ticket, f"issue-{n}", "", lambda day, events: None)


async def found(data: Path) -> tuple[str, int]:
    """What a server finds in the station's running day: the first counter's name, and how many tickets there are."""
    async with running(Settings(data=str(data))) as server:
        runner = await server.hall("station")
        await runner.settle()
        return runner.day.hall.counters[1].name, len(runner.day.tickets)
