"""Simulated citizens and clerks, so that a demo's screens live. They use the hall as anybody does, by commands."""

import asyncio
import math
import random
from collections.abc import Sequence
from itertools import count

import structlog

from queue_server.domain import commands
from queue_server.domain.commands import DayCommand
from queue_server.domain.counter import Duty
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent
from queue_server.domain.rating import LEVELS
from queue_server.domain.refusals import Refusal
from queue_server.domain.ticket import PRIORITIES, Ticket
from queue_server.engine.hall_runner import HallRunner
from queue_server.journal.base import Unavailable
from queue_server.reasons import versions
from queue_server.web.tickets import new_ticket_id

__all__ = ["VISITORS_COUNTER", "simulate"]

log = structlog.get_logger()

VISITORS_COUNTER = 1
"""The counter that is left to whoever tries the demo."""

PATIENCE_S = 120.0
"""A counter at which a person has done something is left to that person, until it was not touched so long; real time.
"""

BUSY = 0.85
"""Share of the simulated clerks' time that arrivals fill: people wait, and the line stays bearable."""


async def simulate(runner: HallRunner, speed: float, seed: int | None = None, patience_s: float = PATIENCE_S) -> None:
    """Work the hall at `speed` times real pace until cancelled. seed: for the same day again; None for any."""
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    crowd = _Crowd(runner, speed, chance, patience_s)
    counters = [n for n, c in runner.day.hall.counters.items() if n != VISITORS_COUNTER and c.kind != "flexible"]
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.arrive(counters))
        for counter in counters:
            group.create_task(crowd.staff(counter))


_Deed = (
    commands.SignOn | commands.CallNext | commands.Recall | commands.NoShow | commands.Start | commands.Finish
    | commands.RateCounter | commands.LeaveUnrated
)  # fmt: skip
"""What is done at a counter."""

_AtCounter = tuple[Duty | None, Ticket | None]
"""Who is on duty at a counter, and which ticket is there."""


class _GiveWay(Exception):
    """A person works at the counter."""


class _Crowd:
    """Everybody who is simulated in one hall."""

    def __init__(self, runner: HallRunner, speed: float, chance: random.Random, patience_s: float) -> None:
        self._runner = runner
        self._speed = speed
        self._chance = chance
        self._patience_s = patience_s
        self._seen: dict[int, _AtCounter] = {}  # each counter as it was after the last simulated deed
        self._run = f"{chance.getrandbits(64):016x}"
        self._commands = count(1)
        self._reasons = [*versions().values()][-1]

    async def arrive(self, counters: Sequence[int]) -> None:
        """Citizens come at random, each for some queue or service."""
        hall = self._runner.day.hall
        served = {queue for counter in counters for queue in hall.counters[counter].queues}
        pace = {q: hall.queues[q].expected_service_s / BUSY for q in served}
        per_s = sum(1 / seconds for seconds in pace.values())
        while True:
            await self._pass(self._chance.expovariate(per_s))
            queue = self._chance.choices(list(pace), [1 / seconds for seconds in pace.values()])[0]
            services = [no for no, rule in hall.services.items() if rule.queue == queue]
            service = self._chance.choice(services) if services and self._chance.random() < 0.6 else None
            priority = self._chance.choice(PRIORITIES) if self._chance.random() < 0.15 else None
            await self._ask(
                commands.IssueTicket(
                    by="simulation",
                    ticket=new_ticket_id(),
                    queue=queue if service is None else None,
                    service=service,
                    priority=priority,
                )
            )

    async def staff(self, counter: int) -> None:
        """The A holder of the counter's post works, as long as nobody else does anything at the counter."""
        while True:
            try:
                await self._work(counter)
            except _GiveWay:
                await self._left_alone(counter)

    async def _work(self, counter: int) -> None:
        """Serve one citizen after the other. Raises _GiveWay."""
        self._seen[counter] = self._look(counter)
        while True:
            post = self._runner.day.hall.post_at(counter)
            duty = self._runner.day.duties.get(counter)
            clerk = None if post is None else post.a
            if clerk is None or (duty is not None and duty.clerk != clerk):
                raise _GiveWay
            if duty is None:
                await self._act(commands.SignOn(by=clerk, counter=counter, capacity="A"))
                await self._pass(5)
            else:
                await self._serve(counter, clerk)

    async def _serve(self, counter: int, clerk: str) -> None:
        """One press of *next* and what follows from it."""
        if self._runner.day.at_counter(counter) is None:
            await self._act(commands.CallNext(by=clerk, counter=counter))
        ticket = self._runner.day.at_counter(counter)
        if ticket is None:
            await self._pass(self._chance.uniform(5, 15))
            return
        if ticket.state == "called":
            await self._pass(self._chance.uniform(8, 25))
            if self._chance.random() < 0.06:
                await self._act(commands.Recall(by=clerk, counter=counter))
                await self._pass(20)
                await self._act(commands.NoShow(by=clerk, counter=counter))
                if self._chance.random() < 0.5:
                    await self._pass(60)
                    await self._ask(commands.ReturnTicket(by=clerk, ticket=ticket.id))
                return
            await self._act(commands.Start(by=clerk, counter=counter))
        usual = self._runner.day.hall.queues[ticket.queue].expected_service_s
        await self._pass(usual * math.exp(self._chance.gauss(-0.15, 0.55)))
        await self._act(commands.Finish(by=clerk, counter=counter))
        if self._chance.random() < 0.55:
            await self._pass(6)
            level = self._chance.choices(LEVELS, (70, 20, 6, 3, 1))[0]
            offered = self._reasons.levels[level]
            await self._act(
                commands.RateCounter(
                    by="simulation",
                    counter=counter,
                    level=level,
                    reasons=(self._chance.choice(list(offered)),),
                    reasons_version=self._reasons.version,
                )
            )
        elif self._chance.random() < 0.5:
            await self._act(commands.LeaveUnrated(by="simulation", counter=counter, cause="timed_out"))

    def _look(self, counter: int) -> _AtCounter:
        return self._runner.day.duties.get(counter), self._runner.day.at_counter(counter)

    async def _act(self, command: _Deed) -> None:
        """Do something at a counter. Raises _GiveWay when somebody else has, since it was last done here.

        A person who tries the demo may be signed in as the very clerk who is simulated, so that only the deed tells.
        """
        if self._look(command.counter) != self._seen[command.counter]:
            raise _GiveWay
        await self._ask(command)
        self._seen[command.counter] = self._look(command.counter)

    async def _left_alone(self, counter: int) -> None:
        """Wait until nobody has touched the counter for a while, and nobody else is on duty there."""
        while True:
            post, before = self._runner.day.hall.post_at(counter), self._look(counter)
            await asyncio.sleep(self._patience_s)
            duty = before[0]
            if before == self._look(counter) and post is not None and (duty is None or duty.clerk == post.a):
                return

    async def _pass(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(seconds / self._speed)

    async def _ask(self, command: DayCommand) -> None:
        try:
            outcome = await self._runner.run(command, f"simulation:{self._run}:{next(self._commands)}", "", _nothing)
        except Unavailable as error:
            log.debug("simulation.unavailable", error=str(error))  # life goes on when the disk does
            await asyncio.sleep(1.0)
            return
        if isinstance(outcome, Refusal):
            log.debug("simulation.refused", code=outcome.code)


def _nothing(day: Day, events: Sequence[DayEvent]) -> None:
    return None
