"""Halls on journals, with clocks that a test moves and a listener that keeps what it hears."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from queue_server.domain.refusals import Refusal
from queue_server.engine.clock import HallClock
from queue_server.engine.hall_runner import DAY_CODEC, HallRunner, Listener
from queue_server.engine.stream_runner import Accepted, StreamRunner
from queue_server.journal.base import Journal, Stream
from tests.domain.halls import MONDAY, clerk, local, township

__all__ = ["Heard", "Office", "Times", "day_events", "served"]


class Times:
    """The time of one machine: a wall clock, which may be set, and a monotonic one, which may not."""

    def __init__(self, clock: str = "09:00", day: date = MONDAY) -> None:
        self.wall = local(clock, day)
        self.ticks = 1000.0

    def later(self, seconds: float = 0, *, minutes: float = 0, days: float = 0) -> None:
        """Let time go on."""
        passed = timedelta(days=days, minutes=minutes, seconds=seconds)
        self.wall += passed
        self.ticks += passed.total_seconds()

    def set(self, clock: str, day: date) -> None:
        """Set the wall clock, as somebody does, or a time server, or a dead battery."""
        self.wall = local(clock, day)

    def clock(self, hall: str) -> HallClock:
        return HallClock(hall, lambda: self.wall, lambda: self.ticks)


class Heard:
    """A listener that keeps what it hears, and holds it to be whole and in order."""

    def __init__(self) -> None:
        self.replays: list[int] = []
        self.news: list[events.DayEvent] = []
        self.seq: int | None = None  # None until the hall was loaded
        self.replacements = 0

    def replayed(self, day: Day, happened: Sequence[events.DayEvent], seq: int) -> None:
        if self.seq is not None:  # another history
            self.seq, self.replays = None, []
        assert day.seq == seq
        self.replays.append(seq)

    def loaded(self, history: StreamRunner[Day, events.DayEvent]) -> None:
        assert self.seq is None and history.durable.seq == history.head.seq
        self.seq = history.durable.seq

    def committed(self, day: Day, happened: Sequence[events.DayEvent], seq: int) -> None:
        assert day.seq == seq
        if happened:
            assert self.seq is not None and seq == self.seq + len(happened), "a batch was told twice, or never"
        else:
            self.replacements += 1
        self.seq = seq
        self.news.extend(happened)

    def kinds(self) -> list[str]:
        """The tags of the news."""
        return [type(event).__struct_config__.tag for event in self.news]  # type: ignore[misc]


class Office:
    """One hall in one server: its runner, and short words for what is asked of it.

    Each command has a key of its own unless one is given; the answer to a command is the number that it was about.
    `heard` listens unless another listener is given.
    """

    def __init__(
        self,
        journal: Journal,
        times: Times | None = None,
        hall: Hall | None = None,
        name: str = "a",
        listener: Listener | None = None,
    ) -> None:
        self.hall = hall or township()
        self.times = times or Times()
        self.heard = Heard()
        self.runner = HallRunner(self.hall.id, journal, self.times.clock(self.hall.id), listener or self.heard)
        self._name = name
        self._keys = 0

    async def load(self) -> "Office":
        """Load the hall, as it is in the journal."""
        await self.runner.load()
        return self

    async def begin(self) -> "Office":
        """Load the hall, set it up where it is not, and open the day."""
        await self.load()
        if self.runner.hall is None:
            await self.configure(self.hall)
        await self.runner.turn_day()
        return self

    @property
    def day(self) -> Day:
        return self.runner.day

    async def configure(self, hall: Hall, key: str | None = None) -> Accepted[Hall] | Refusal:
        """Set the hall up."""
        return await self.runner.configure(hall, "u_admin", key or self._key(), "")

    async def ask(self, command: commands.DayCommand, key: str | None = None) -> "Accepted[str | None] | Refusal":
        """Ask, and take what comes."""
        return await self.runner.run(command, key or self._key(), "", _number)

    async def do(self, command: commands.DayCommand, key: str | None = None) -> str | None:
        """Ask for something that must be accepted; the number that it was about, None when nothing happened."""
        outcome = await self.ask(command, key)
        assert isinstance(outcome, Accepted), f"{type(command).__name__} was refused: {outcome}"
        return outcome.answer

    async def refused(self, command: commands.DayCommand, key: str | None = None) -> str:
        """Ask for something that must be refused; the code."""
        outcome = await self.ask(command, key)
        assert isinstance(outcome, Refusal), f"{type(command).__name__} was accepted: {outcome}"
        return outcome.code

    async def issue(self, queue: str = "comprehensive", key: str | None = None) -> str:
        """Issue a ticket; its number."""
        key = key or self._key()
        number = await self.do(commands.IssueTicket(by="d_kiosk", ticket=f"t_{self._name}_{key}", queue=queue), key)
        assert number is not None
        return number

    async def on(self, *counters: int) -> None:
        """Sign the clerks of these counters on."""
        for counter in counters:
            await self.press(counter, commands.SignOn, capacity="A")

    async def press(self, counter: int, *presses: type[Any], key: str | None = None, **fields: Any) -> str | None:
        """Let the clerk of a counter press these buttons; the number that the last was about."""
        number = None
        for press in presses:
            number = await self.do(press(by=clerk(counter), counter=counter, **fields), key)
        return number

    def _key(self) -> str:
        self._keys += 1
        return f"{self._name}{self._keys}"


async def served(office: Office, counter: int) -> str | None:
    """Call, start and finish whoever is next."""
    return await office.press(counter, commands.CallNext, commands.Start, commands.Finish)


async def day_events(journal: Journal, hall: str = "town") -> list[events.DayEvent]:
    """Everything in the hall's stream `day`."""
    found: list[events.DayEvent] = []
    after = 0
    while batches := await journal.read(Stream(hall, "day"), after):
        for batch in batches:
            found += DAY_CODEC.decode(batch.events)
        after = batches[-1].last
    return found


def _number(day: Day, happened: Sequence[events.DayEvent]) -> str | None:
    tickets = [ticket for event in happened if isinstance(ticket := getattr(event, "ticket", None), str)]
    found = day.find(tickets[0]) if tickets else None
    return None if found is None else found.number
