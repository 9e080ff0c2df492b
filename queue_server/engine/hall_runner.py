"""One hall at work: its two streams, its time, and the turn of its business day."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from msgspec.structs import replace

from queue_server.domain import book_commands, commands
from queue_server.domain.apply import apply
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_events import BookEvent
from queue_server.domain.business_day import doubtful
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.estimate import Forecast
from queue_server.domain.events import DayEvent, DayOpened, TicketRated
from queue_server.domain.hall import Hall, faults
from queue_server.domain.hours import business_day, day_start
from queue_server.domain.rating import BAD
from queue_server.domain.refusals import Refusal
from queue_server.engine.bad_ratings import openings
from queue_server.engine.calendar import day_kind
from queue_server.engine.clock import HallClock
from queue_server.engine.loss import Loss, lost_numbers, lost_tickets, report_again, report_of_book, report_of_day
from queue_server.engine.promises import Promises
from queue_server.engine.stream_runner import Accepted, Request, StreamRunner
from queue_server.journal.base import Journal, News, Stream
from queue_server.journal.codec import Codec

__all__ = ["BOOK_CODEC", "DAY_CODEC", "HallRunner", "Listener"]

log = structlog.get_logger()

DAY_CODEC: Codec[DayEvent] = Codec(DayEvent)
BOOK_CODEC: Codec[BookEvent] = Codec(BookEvent)

A = TypeVar("A")

_Report = Callable[[], Awaitable[book_commands.ReportLoss]]
"""What the head is to be told, once it is known. Raises Unavailable."""


class Listener(Protocol):
    """Whoever follows a hall's day: told of each durable batch in order, with the day after it and its last seq."""

    def replayed(self, day: Day, events: Sequence[DayEvent], seq: int) -> None:
        """A batch that was read when the hall was loaded: old news."""

    def loaded(self, history: StreamRunner[Day, DayEvent]) -> None:
        """The hall was loaded; what follows is news."""

    def committed(self, day: Day, events: Sequence[DayEvent], seq: int) -> None:
        """A batch that just became durable; no events when the whole history was replaced."""


class HallRunner:
    """Runs one hall. `load` first. `day` and `hall` are durable state and may be read at any time.

    news: of what other servers write; None where no other server does. wrote: see `StreamRunner`.
    """

    def __init__(
        self,
        hall_id: str,
        journal: Journal,
        clock: HallClock,
        listener: Listener,
        news: News | None = None,
        wrote: Callable[[float], None] = lambda lasted_s: None,
    ) -> None:
        self.id = hall_id
        self.clock = clock
        self._journal = journal
        self._news = news
        self._listener = listener
        self._loaded = self._left = False
        self._turning = asyncio.Lock()
        self._turns_at: datetime | None = None  # when the running business day ends; None: not worked out
        self._confirmed: date | None = None  # a date the head vouched for
        self._promises = Promises()  # on tentative state, for tickets that are being issued
        self._reading = Promises()  # on durable state, for whoever asks
        self._reactions: set[asyncio.Task[Any]] = set()
        self._owes_reactions = False  # one failed: the next tick of the process's clock makes it good
        self._unreported: dict[str, _Report] = {}  # losses, by the id of the command that tells one
        self._gone: dict[date | None, dict[str, str]] = {}  # numbers of the tickets that were lost of a day, by id
        # Likewise, with the report; of days that may yet be opened again.
        self._lost_numbers: dict[str, tuple[commands.SkipNumbers, _Report]] = {}
        self.days: StreamRunner[Day, DayEvent] = StreamRunner(
            journal,
            Stream(hall_id, "day"),
            DAY_CODEC,
            new=Day,
            apply=apply,
            now=self.now,
            committed=self._day_committed,
            replayed=listener.replayed,
            lost=self._day_lost,
            wrote=wrote,
        )
        self.books: StreamRunner[Book, BookEvent] = StreamRunner(
            journal,
            Stream(hall_id, "book"),
            BOOK_CODEC,
            new=Book,
            apply=apply_to_book,
            now=self.now,
            committed=self._book_committed,
            lost=self._book_lost,
            wrote=wrote,
        )

    async def load(self) -> None:
        """Replay the book, and of the day the running business day and the last. Raises Unavailable."""
        await self.books.load()
        await self.days.load()
        for last_at in (self.books.durable.last_at, self.days.durable.last_at):
            if last_at is not None:
                self.clock.saw(last_at)
        self._loaded = True
        self._listener.loaded(self.days)
        self._catch_up_with_reactions()
        if self._news is not None:
            self._news.follow(self.id, {"day": self.days, "book": self.books})

    def leave(self) -> None:
        """Follow no more what other servers write: the hall is let go. Whoever has found it before may ask still."""
        self._left = True
        if self._news is not None:
            self._news.leave(self.id)

    async def freshen(self) -> None:
        """Know all that any server has answered somebody so far. Raises Unavailable."""
        if self._news is None:
            return
        if self._left:
            await self.books.catch_up()
            await self.days.catch_up()
            return
        await self._news.ask(self.id)
        await self.books.settled()
        await self.days.settled()

    @property
    def current(self) -> bool:
        """Whether what is known here may be shown as how things are, rather than as how they were."""
        if self.days.sealed or self.books.sealed:
            return False
        return self._news is None or (self._news.current(self.id) and not self.days.behind and not self.books.behind)

    @property
    def day(self) -> Day:
        """Durable state of the day."""
        return self.days.durable

    @property
    def hall(self) -> Hall | None:
        """The set-up in force: the running day's, before the first day the book's; None for an unknown hall."""
        return self.day.hall_or_none or self.books.durable.hall

    @property
    def conflicts(self) -> int:
        """How many commands were decided again because another writer came first."""
        return self.days.conflicts + self.books.conflicts

    @property
    def losses(self) -> int:
        """How often history was lost that this server had known."""
        return self.days.losses + self.books.losses

    @property
    def taken(self) -> int:
        """How many batches of other servers were taken as they were heard."""
        return self.days.taken + self.books.taken

    @property
    def date_doubted(self) -> bool:
        """Whether the hall goes on with its old business day until the head confirms the new date."""
        return self.clock.held

    def now(self) -> datetime:
        """Hall time. While the wall clock's date is in doubt, it goes on from where it was."""
        wall = self.clock.wall_now()
        if not self._loaded:
            return wall  # to ask the hall's clock would make it take this for the time, before it knows the last event
        if self._turns_at is None or wall >= self._turns_at or self.clock.held:
            date_now = self._business_day(wall)
            self.clock.held = (
                date_now is not None
                and date_now != self._confirmed
                and self.clock.leapt(wall)
                and doubtful(self.days.tentative, date_now)
            )
        return self.clock.now(wall)

    async def run(
        self,
        command: commands.DayCommand,
        command_id: str,
        fingerprint: str,
        answer: Callable[[Day, Sequence[DayEvent]], A],
    ) -> Accepted[A] | Refusal:
        """Run one command of the day, opening the business day first when it is due.

        Raises KeyReused, Unavailable; LookupError for a hall that was never set up.
        """
        await self.turn_day()
        if self.books.durable.hall is None:
            raise LookupError(self.id)

        def decide_it(day: Day, now: datetime) -> Sequence[DayEvent] | Refusal:
            if isinstance(command, commands.IssueTicket):
                estimate = self._promises.promise(day, self.books.durable.staffing, command, now)
                return decide(day, replace(command, estimate=estimate), now)
            return decide(day, command, now)

        def answer_it(day: Day, events: Sequence[DayEvent]) -> A:
            self._promises.follow(day, events)
            return answer(day, events)

        return await self.days.run(
            Request(command_id=command_id, fingerprint=fingerprint, decide=decide_it, answer=answer_it)
        )

    def forecast(self) -> Forecast:
        """The forward run from durable state, at most a few seconds old."""
        return self._reading.forecast(self.day, self.books.durable.staffing, self.now())

    async def configure(
        self, hall: Hall, by: str, command_id: str, fingerprint: str, instead_of: Hall | None = None
    ) -> Accepted[Hall] | Refusal:
        """Set the hall up; the running day follows by itself. instead_of: refused when the set-up is another by now."""
        command = book_commands.ConfigureHall(by=by, hall=hall, instead_of=instead_of)
        return await self.run_book(command, command_id, fingerprint, lambda book, events: hall)

    async def run_book(
        self,
        command: book_commands.BookCommand,
        command_id: str,
        fingerprint: str,
        answer: Callable[[Book, Sequence[BookEvent]], A],
    ) -> Accepted[A] | Refusal:
        """Run one command of the book. Raises KeyReused, Unavailable; LookupError for a hall that was never set up,
        unless it sets it up.
        """
        return await self.books.run(
            Request(
                command_id=command_id,
                fingerprint=fingerprint,
                decide=lambda book, now: decide_for_book(book, command, now),
                answer=answer,
            )
        )

    def refusal_of(self, hall: Hall) -> Refusal | None:
        """Why the hall, or its running day, would not take that set-up; None when both would."""
        if (fault := next(faults(hall), None)) is not None:
            return Refusal(code="hall_invalid", fields=fault.fields)
        today = self.day.business_day
        if today is None:
            return None
        change = commands.ChangeHall(hall=hall.for_the_day, kind=day_kind(today))
        outcome = decide(self.day, change, self.now())
        return outcome if isinstance(outcome, Refusal) else None

    async def write_down(
        self,
        change: book_commands.NoteAccount | book_commands.NoteDevice | book_commands.NoteWebhookSecret,
        command_id: str,
        fingerprint: str,
    ) -> int:
        """Journal a change of the hall's people, devices or secret, before records/ has it; the seq it has in the book.

        Raises KeyReused, Unavailable.
        """
        outcome = await self.run_book(change, command_id, fingerprint, lambda book, events: None)
        assert not isinstance(outcome, Refusal)  # noqa: S101 - what is written down is never refused
        return outcome.seq

    async def close_day(self, by: str, command_id: str, fingerprint: str) -> Accepted[date | None] | Refusal:
        """End the business day early; which one that was."""
        return await self.run(commands.EndDay(by=by), command_id, fingerprint, lambda day, events: day.business_day)

    async def confirm_date(self, by: str, day: date) -> Refusal | None:
        """The head vouches for a date that was in doubt; the business day turns to it at once. May be asked again."""
        self.now()  # whether the date is in doubt may not have been asked since the start
        if day == self._confirmed == self.day.business_day:
            return None
        if not self.clock.held or day != self._business_day(self.clock.wall_now()):
            return Refusal(code="day_not_over")
        self._confirmed = day
        await self.turn_day()
        log.info("day.confirmed", hall=self.id, by=by, business_day=day.isoformat())
        return None

    async def turn_day(self) -> None:
        """Open the business day that hall time says, unless it is open. A hall that was never set up has none.

        Raises Unavailable.
        """
        if self._owes_reactions:
            self._catch_up_with_reactions()
        if not self._day_is_due():
            return
        async with self._turning:
            if not self._day_is_due():
                return
            # Another server may have changed the set-up that the day begins with, or have opened the day.
            await self.books.catch_up()
            await self.days.catch_up()
            hall = self.books.durable.hall
            if hall is None:
                return
            due = business_day(self.now(), hall.day_starts, hall.timezone)
            if await self._turn_to(due, hall):
                await self._skip_lost_numbers()
                self._turns_at = day_start(due + timedelta(days=1), hall.day_starts, hall.timezone)

    def _day_is_due(self) -> bool:
        return self._turns_at is None or self.now() >= self._turns_at

    async def _turn_to(self, due: date, hall: Hall) -> bool:
        """Whether the business day is the one that is due now, or a later one."""
        running = self.days.tentative.business_day
        if running is not None:
            if running >= due:
                return True
            end = commands.EndDay(turn_to=due, confirmed=not self.clock.held)
            # The seq, because another server may let a ticket go on after we ended the day: then it is ended once more.
            if not await self._run_own(end, f"end:{running}:{self.days.tentative.seq}"):
                return False
        opened = commands.OpenDay(business_day=due, hall=hall.for_the_day, kind=day_kind(due))
        return await self._run_own(opened, f"day:{due}", mark=due.isoformat())

    async def _skip_lost_numbers(self) -> None:
        """Where a day's opening itself had been lost, and it was opened again, by whatever server: that one may have
        issued some of them meanwhile.
        """
        while self._lost_numbers:
            name, (lost, report) = next(iter(self._lost_numbers.items()))
            await self._run_own(lost, name)
            del self._lost_numbers[name]
            self._report(f"{name}:opened", report)

    async def before_day(self, first: date) -> int | None:
        """Seq before the first business day on or after `first`; None when there is none yet. Raises Unavailable."""
        running = self.day.business_day
        if running is None or running < first:
            return None
        newest = (running - first).days + 2  # one a date at most, and one that another server may just have added
        marks = await self._journal.marks(self.days.stream, newest)
        return next((seq - 1 for mark, seq in marks if mark >= first.isoformat()), None)

    @property
    def owes(self) -> bool:
        """Whether something is to be done yet that nobody else knows of: a reaction that is under way, or failed and is
        to be made good, and numbers that are not to be issued again.
        """
        return bool(self._reactions or self._lost_numbers) or self._owes_reactions

    async def settle(self) -> None:
        """Wait until every reaction that is under way has been carried out."""
        while self._reactions:
            await asyncio.wait(set(self._reactions))

    async def _run_own(self, command: commands.DayCommand, command_id: str, mark: str | None = None) -> bool:
        """Run a command of the hall itself; whether it was accepted.

        Its id says what it is for, so that it happens once, whoever does it.
        """
        outcome = await self.days.run(self._own(command, command_id, mark))
        if isinstance(outcome, Refusal):
            log.warning("hall.refused", hall=self.id, command=command_id, code=outcome.code)
            return False
        return True

    @staticmethod
    def _own(command: commands.DayCommand, command_id: str, mark: str | None = None) -> Request[Day, DayEvent, None]:
        return Request(
            command_id=command_id,
            fingerprint="",
            decide=lambda day, now: decide(day, command, now),
            answer=lambda day, events: None,
            mark=mark,
        )

    def _business_day(self, wall: datetime) -> date | None:
        hall = self.books.durable.hall
        return None if hall is None else business_day(wall, hall.day_starts, hall.timezone)

    def _day_committed(self, day: Day, events: Sequence[DayEvent], seq: int) -> None:
        if day.last_at is not None:
            self.clock.saw(day.last_at)
        if not events:
            self._turns_at = None  # the history was replaced: another day may be running
        self._reading.follow(day, events)
        self._listener.committed(day, events, seq)
        if any(isinstance(event, DayOpened) or _is_bad_rating(event) for event in events):
            self._see_to_bad_ratings()

    def _book_committed(self, book: Book, events: Sequence[BookEvent], seq: int) -> None:
        if self._settings_differ():
            self._change_day()

    def _settings_differ(self) -> bool:
        book, day = self.books.durable, self.days.durable
        if book.hall is None or day.hall_or_none is None:
            return False
        return not book.hall.for_the_day.same_as(day.hall_or_none)

    # What follows in the other stream: its id comes from the event, so it happens once, whoever sees to it

    def _catch_up_with_reactions(self) -> None:
        self._owes_reactions = False
        if self._settings_differ():
            self._change_day()
        self._see_to_bad_ratings()
        self._report_losses()

    def _change_day(self) -> None:
        """Bring the book's set-up into the running day."""
        book = self.books.durable
        today = self.day.business_day
        assert book.hall is not None and today is not None  # noqa: S101 - `_settings_differ` saw to it
        command = commands.ChangeHall(hall=book.hall.for_the_day, kind=day_kind(today))
        self._react(self._run_own(command, f"book:{book.seq}"))

    def _see_to_bad_ratings(self) -> None:
        """Ask for what bad ratings have to be put right, those too that an earlier process left without."""
        for command_id, command in openings(self.id, self.day, self.books.durable):
            self._react(self.run_book(command, command_id, "", lambda book, events: None))

    def _day_lost(self, loss: Loss, was: Day, day: Day) -> Request[Day, DayEvent, None] | None:
        """Tell of it; what is given back keeps the numbers that were lost from being issued again."""
        name, lost = loss.name, lost_numbers(was, day)
        gone = self._gone.setdefault(was.business_day, {})
        gone |= lost_tickets(was, day)

        async def report() -> book_commands.ReportLoss:
            """As it stands once no server issues a lost number any more."""
            if lost is not None:
                await self._run_own(lost, name)
            return report_of_day(loss, was, self.day, gone)

        self._report(name, report)
        self._react(self.books.catch_up())  # where the one is lost, the other is likely to be
        if lost is None:
            return None
        if was.business_day != day.business_day:
            self._lost_numbers[name] = lost, report
        return self._own(lost, name)

    def _book_lost(self, loss: Loss, was: Book, book: Book) -> Request[Book, BookEvent, None]:
        """Tell of it, before a complaint gets a number that was lost."""
        name, report = loss.name, report_of_book(loss, was, book)
        self._report(name, _ready(report))
        for told in was.losses.all.values():
            if not book.losses.tells(told):  # what was told of an earlier loss is lost too
                self._report(f"{name}:{told.epoch}", _ready(report_again(told)))
        self._react(self.days.catch_up())
        return Request(
            command_id=name,
            fingerprint="",
            decide=lambda book, now: decide_for_book(book, report, now),
            answer=lambda book, events: None,
        )

    def _report(self, name: str, report: _Report) -> None:
        self._unreported[name] = report
        self._report_losses()

    def _report_losses(self) -> None:
        for name, report in self._unreported.items():
            self._react(self._report_loss(name, report))

    async def _report_loss(self, name: str, report: _Report) -> None:
        await self.run_book(await report(), name, "", lambda book, events: None)
        self._unreported.pop(name, None)

    def _react(self, reaction: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(reaction)
        self._reactions.add(task)
        task.add_done_callback(self._reacted)

    def _reacted(self, task: "asyncio.Task[Any]") -> None:
        self._reactions.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._owes_reactions = True
            log.warning("reaction.failed", hall=self.id, error=repr(error))


def _ready(report: book_commands.ReportLoss) -> _Report:
    async def give() -> book_commands.ReportLoss:
        return report

    return give


def _is_bad_rating(event: DayEvent) -> bool:
    return isinstance(event, TicketRated) and event.level in BAD
