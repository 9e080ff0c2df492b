"""A hall's day that began some hours ago, for pages that show how it went: played on a server whose clock is moved."""

import itertools
import random
from datetime import datetime, timedelta
from pathlib import Path

from queue_server.app import running
from queue_server.commands.demo_halls import prepare_demo, write_credentials
from queue_server.domain import commands
from queue_server.domain.rating import Level
from queue_server.engine.clock import wall
from queue_server.engine.hall_runner import HallRunner
from queue_server.settings import Settings

__all__ = ["a_day_so_far"]

MINUTES = 300
RUSH = 60  # the last minutes, in which one comes after the other
LAST, LEAVES = 6, 45  # the last counter, and how many minutes before now its clerk goes
TIRELESS = 2  # a counter whose clerk makes no pause
QUEUES = {"comprehensive": 8, "express": 5, "complaint": 1, "certificate": 2, "agency": 1}
"""How often each is asked for."""
SERVICE_MIN = {"comprehensive": 9, "express": 5, "complaint": 8, "certificate": 3, "agency": 12}
LEVELS: tuple[Level, ...] = ("very_satisfied",) * 6 + ("satisfied",) * 3 + ("basically_satisfied",)


async def a_day_so_far(folder: Path) -> None:
    """The demo in an empty folder, its town at work for five hours; whoever starts it there goes on from now."""
    clock = wall() - timedelta(minutes=MINUTES)
    async with running(Settings(data=str(folder)), read_wall=lambda: clock, engines=()) as server:
        credentials = await prepare_demo(server, None)
        runner = await server.hall("town")
        people = {account.user: account.id for account in await server.records.accounts.all()}
        work = _Work(runner, {n: people[f"town-{n}"] for n in range(1, LAST + 1)})
        await work.begin()
        for minute in range(MINUTES):
            clock += timedelta(minutes=1)
            await work.minute(minute, clock)
    write_credentials(folder, credentials, "")


class _Work:
    """A hall at work, minute by minute, the same every time."""

    def __init__(self, runner: HallRunner, clerks: dict[int, str]) -> None:
        self._runner = runner
        self._clerks = clerks
        self._free_at: dict[int, datetime] = {}
        self._chance = random.Random(11)  # noqa: S311 - a play, not a secret
        self._ids = itertools.count()

    async def begin(self) -> None:
        for counter, clerk in self._clerks.items():
            await self._do(commands.SignOn(by=clerk, counter=counter, capacity="A"))

    async def minute(self, minute: int, now: datetime) -> None:
        """What happens in it. The rush comes at the end; one clerk leaves before."""
        for counter, clerk in list(self._clerks.items()):
            if minute == MINUTES // 2 and counter != TIRELESS:
                await self._do(commands.PauseCounter(by=clerk, counter=counter))
                await self._do(commands.ResumeCounter(by=clerk, counter=counter))
            if now >= self._free_at.get(counter, now):
                await self._serve(counter, clerk, now, minute)
        left = MINUTES - minute
        rate = 0.15 + 0.4 * (1 - abs(minute - 110) / 190) + (0.55 if left < RUSH else 0)
        for _ in range(int(rate) + (self._chance.random() < rate % 1)):
            (queue,) = self._chance.choices(list(QUEUES), list(QUEUES.values()))
            await self._do(commands.IssueTicket(by="d_kiosk", ticket=self._id(), queue=queue))

    async def _serve(self, counter: int, clerk: str, now: datetime, minute: int) -> None:
        day = self._runner.day
        ticket = day.at_counter(counter)
        if ticket is not None:
            await self._do(commands.Finish(by=clerk, counter=counter))
            await self._rate(ticket.id, len(ticket.legs), minute)
        if counter == LAST and MINUTES - minute <= LEAVES:
            await self._do(commands.SignOff(by=clerk, counter=counter))
            del self._clerks[counter]
            return
        await self._do(commands.CallNext(by=clerk, counter=counter))
        ticket = self._runner.day.at_counter(counter)
        if ticket is None:
            return
        if self._chance.random() < 0.04:
            await self._do(commands.NoShow(by=clerk, counter=counter))
            return
        await self._do(commands.Start(by=clerk, counter=counter))
        spread = self._chance.lognormvariate(0, 0.5)
        self._free_at[counter] = now + timedelta(minutes=SERVICE_MIN[ticket.queue] * spread)

    async def _rate(self, ticket: str, leg: int, minute: int) -> None:
        level = "dissatisfied" if minute > 250 and not self._rated_badly() else self._chance.choice(LEVELS)
        if self._chance.random() < 0.6:
            await self._do(commands.RateLeg(by="holder", ticket=ticket, leg=leg, level=level, source="phone"))

    def _rated_badly(self) -> bool:
        return bool(self._runner.day.bad_ratings())

    async def _do(self, command: commands.DayCommand) -> None:
        await self._runner.run(command, self._id(), "", lambda day, events: None)

    def _id(self) -> str:
        return f"picture-{next(self._ids)}"
