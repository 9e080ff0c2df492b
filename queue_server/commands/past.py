"""Days before a demo's first, so that its head has something to look back on. Played at one stroke, by the pure core.

Citizens, clerks and the head do what they might have done; the events are those that a real server would have written,
at the times at which it would have.
"""

import heapq
import math
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import count, pairwise
from typing import NamedTuple

from msgspec.structs import replace

from queue_server.commands.past_words import COMPLAINTS, PUT_RIGHT, Brought
from queue_server.domain import book_commands, commands
from queue_server.domain.apply import apply_all
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.book_events import About, AbsenceKind, BookEvent, Channel
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.estimate import Forecast
from queue_server.domain.events import DayEvent
from queue_server.domain.half_day import HALVES, HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours, Interval, day_start
from queue_server.domain.post import Post
from queue_server.domain.rating import LEVELS, Reasons
from queue_server.domain.refusals import Refusal
from queue_server.domain.ticket import PRIORITIES
from queue_server.engine.bad_ratings import openings
from queue_server.engine.calendar import day_kind
from queue_server.records.notes import NoteKind

__all__ = ["PastDay", "Said", "play"]

BUSY = 0.33
"""Share of the clerks' time that arrivals fill on an average day."""

COMPLAINING = 0.5
"""Share of the days on which somebody brings something up."""

WEEKDAYS = (1.25, 1.05, 0.95, 0.9, 0.85, 0.8, 0.8)
"""How busy Monday to Sunday are."""

RUSH = ((0.0, 1.5), (0.2, 1.6), (0.45, 0.6), (0.65, 1.2), (0.9, 0.5), (1.01, 0.5))
"""How busy the door is, by the share of the opening time that has passed."""

KINDS: tuple[AbsenceKind, ...] = ("personal", "sick", "annual", "business", "training")


CHANNELS: tuple[Channel, ...] = ("counter", "phone", "paper", "online", "qr")


class Said(NamedTuple):
    """A text that the book refers to."""

    ref: str
    kind: NoteKind
    text: str


class PastDay:
    """What happened on one day, in both streams, and what was said."""

    def __init__(self, business_day: date) -> None:
        self.business_day = business_day
        self.events: list[DayEvent] = []
        self.written: list[BookEvent] = []
        self.said: list[Said] = []


def play(
    hall: Hall,
    first: date,
    last: date,
    *,
    head: str,
    guide: str,
    discipline: str | None,
    reasons: Reasons,
    chance: random.Random,
) -> list[PastDay]:
    """The days of a hall that is open in office hours then. head, guide: who confirms and writes down, account ids;
    discipline: who answers what is brought up about staff, None where there is nobody to.
    """
    return _Past(replace(hall, hours=Hours()), head, guide, discipline, reasons, chance).days(first, last)


class _Past:
    def __init__(
        self, hall: Hall, head: str, guide: str, discipline: str | None, reasons: Reasons, chance: random.Random
    ) -> None:
        self._hall = hall
        self._head, self._guide, self._discipline = head, guide, discipline
        self._reasons = reasons
        self._chance = chance
        self._day, self._book = Day(), Book()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._ids = count(1)
        self._now = datetime.min
        self._page = PastDay(date.min)
        self._forecast: Forecast | None = None

    def days(self, first: date, last: date) -> list[PastDay]:
        pages: list[PastDay] = []
        for day in _dates(first, last):
            kind = day_kind(day)
            if not self._hall.hours.spans(day, kind):
                continue
            self._page = PastDay(day)
            pages.append(self._page)
            self._now = day_start(day, self._hall.day_starts, self._hall.timezone)
            if len(pages) == 1:
                self._write(book_commands.ConfigureHall(hall=self._hall))
            self._do(commands.OpenDay(business_day=day, hall=self._hall.for_the_day, kind=kind))
            self._plan()
            self._until(day_start(day + timedelta(days=1), self._hall.day_starts, self._hall.timezone))
            self._do(commands.EndDay(turn_to=day + timedelta(days=1), confirmed=True))
        return pages

    def _plan(self) -> None:
        """What is to come on the day that has begun."""
        opening = self._day.opening
        for post in self._hall.posts.values():
            if post.a is not None:
                self._at(opening[0].start - timedelta(minutes=self._chance.uniform(1, 9)), self._come_in, post)
        for arrival in self._arrivals(opening):
            self._at(arrival, self._arrive)
        for moment in (*(span.start for span in opening[1:]), opening[-1].end):
            for counter in self._hall.counters.values():
                self._at(moment + timedelta(seconds=self._chance.uniform(0, 90)), self._next, counter)
        self._at(opening[0].end - timedelta(minutes=20), self._someone_will_be_away)
        if self._chance.random() < COMPLAINING:
            self._at(opening[-1].start + timedelta(minutes=self._chance.uniform(0, 120)), self._someone_complains)

    # Time

    def _at(self, when: datetime, act: Callable[..., None], *about: object) -> None:
        heapq.heappush(self._agenda, (when, next(self._order), lambda: act(*about)))

    def _after(self, seconds: float, act: Callable[..., None], *about: object) -> None:
        self._at(self._now + timedelta(seconds=seconds), act, *about)

    def _days_later(self, days: int, act: Callable[..., None], *about: object) -> None:
        """At about this time, on the first day in so many on which the hall is open."""
        when = self._now + timedelta(days=days, seconds=self._chance.uniform(-1800, 1800))
        while not self._hall.hours.spans(when.date(), day_kind(when.date())):
            when += timedelta(days=1)
        self._at(when, act, *about)

    def _until(self, end: datetime) -> None:
        while self._agenda and self._agenda[0][0] < end:
            when, _, act = heapq.heappop(self._agenda)
            when = when.replace(microsecond=when.microsecond // 1000 * 1000)
            self._now = max(self._now, when)
            act()
        self._now = max(self._now, end)

    def _open(self) -> Interval | None:
        return next((span for span in self._day.opening if span.start <= self._now < span.end), None)

    # Both streams

    def _do(self, command: commands.DayCommand) -> bool:
        """Whether it changed anything; a refusal is a mistake of this play."""
        happened = decide(self._day, command, self._now)
        if isinstance(happened, Refusal):
            raise RuntimeError(f"{command} at {self._now}: {happened}")
        apply_all(self._day, happened)
        self._page.events += happened
        if not isinstance(command, commands.IssueTicket):
            self._forecast = None
        return bool(happened)

    def _write(self, command: book_commands.BookCommand) -> bool:
        """Whether the book took it."""
        written = decide_for_book(self._book, command, self._now)
        if isinstance(written, Refusal):
            return False
        for event in written:
            self._book = apply_to_book(self._book, event)
        self._page.written += written
        return True

    def _note(self, kind: NoteKind, text: str) -> str:
        ref = self._id("n_")
        self._page.said.append(Said(ref, kind, text))
        return ref

    def _id(self, prefix: str) -> str:
        return f"{prefix}{self._chance.getrandbits(40):010x}{next(self._ids):06x}"

    # The citizens

    def _arrivals(self, opening: tuple[Interval, ...]) -> Iterator[datetime]:
        """From a quarter of an hour before opening on, more at some hours and on some days than on others."""
        first, last = opening[0].start - timedelta(minutes=15), opening[-1].end - timedelta(minutes=25)
        whole = (last - first).total_seconds()
        served = [queue for counter in self._staffed() for queue in counter.queues]
        per_s = sum(BUSY / self._hall.queues[queue].expected_service_s for queue in set(served))
        per_s *= WEEKDAYS[self._page.business_day.weekday()] * self._chance.uniform(0.8, 1.2)
        at = 0.0
        while (at := at + self._chance.expovariate(2 * per_s)) < whole:
            if self._chance.random() < _rush(at / whole) / 2:
                yield first + timedelta(seconds=at)

    def _staffed(self) -> list[Counter]:
        return [self._hall.counters[post.counter] for post in self._hall.posts.values() if post.a is not None]

    def _arrive(self) -> None:
        served = {queue for counter in self._staffed() for queue in counter.queues}
        pace = [1 / self._hall.queues[queue].expected_service_s for queue in sorted(served)]
        queue = self._chance.choices(sorted(served), pace)[0]
        services = [no for no, rule in self._hall.services.items() if rule.queue == queue]
        service = services[int(len(services) * self._chance.random() ** 2)] if services else None
        priority = self._chance.choice(PRIORITIES) if self._chance.random() < 0.15 else None
        forecast = self._forecast = self._forecast or Forecast.of(self._day, self._now)
        ticket = self._id("t")
        self._do(
            commands.IssueTicket(
                by="demo",
                ticket=ticket,
                queue=queue if service is None else None,
                service=service,
                priority=priority,
                estimate=forecast.for_new(queue, service, priority, None, self._now),
            )
        )
        forecast.extend(self._day.tickets[ticket])
        if forecast.stale:
            self._forecast = None
        for counter in self._hall.counters.values():
            if queue in counter.queues or queue in counter.helps:
                self._after(self._chance.uniform(3, 20), self._next, counter)

    # The clerks

    def _come_in(self, post: Post) -> None:
        """Whoever is to stand there signs on, at her own counter; a deputy covers from there."""
        half = HalfDay(day=self._page.business_day, half="morning")
        standing = self._book.staffing.standing(post, half)
        if standing.absence is None and post.a is not None:
            self._do(commands.SignOn(by=post.a, counter=post.counter, capacity="A"))
            self._after(60, self._next, self._hall.counters[post.counter])
        elif standing.clerk is not None:
            self._after(15 * 60, self._cover, post, standing.clerk)

    def _cover(self, post: Post, deputy: str) -> None:
        counter = next((number for number, duty in self._day.duties.items() if duty.clerk == deputy), None)
        if counter is not None:
            self._do(commands.SignOn(by=deputy, counter=counter, capacity="B", post=post.id, confirmed=True))

    def _next(self, counter: Counter) -> None:
        """Press *next*, if there is still cause to: not in the lunch hour, nor with somebody there.

        Who came in time is served after closing too; then everybody goes home.
        """
        duty = self._day.duties.get(counter.number)
        if duty is None or duty.pause is not None or self._day.at_counter(counter.number) is not None:
            return
        over = self._now >= self._day.opening[-1].end
        if self._open() is None and not over:
            return
        if not over and self._chance.random() < 0.01:
            back = self._now + timedelta(minutes=self._chance.randint(5, 15))
            self._do(commands.PauseCounter(by=duty.clerk, counter=counter.number, back_at=back))
            self._at(back, self._resume, counter)
        elif self._do(commands.CallNext(by=duty.clerk, counter=counter.number)):
            self._after(self._chance.uniform(8, 40), self._meet, counter)
        elif over:
            self._do(commands.SignOff(by=duty.clerk, counter=counter.number))

    def _resume(self, counter: Counter) -> None:
        duty = self._day.duties[counter.number]
        self._do(commands.ResumeCounter(by=duty.clerk, counter=counter.number))
        self._next(counter)

    def _meet(self, counter: Counter) -> None:
        """The citizen comes, or does not."""
        ticket, clerk = self._day.at_counter(counter.number), self._day.duties[counter.number].clerk
        assert ticket is not None  # noqa: S101 - it was called, and nobody else is at this counter
        if self._chance.random() < 0.05:
            self._do(commands.Recall(by=clerk, counter=counter.number))
            self._after(30, self._give_up, counter, ticket.id)
            return
        self._do(commands.Start(by=clerk, counter=counter.number))
        usual = self._hall.queues[ticket.queue].expected_service_s
        self._after(usual * math.exp(self._chance.gauss(-0.15, 0.55)), self._finish, counter)

    def _give_up(self, counter: Counter, ticket: str) -> None:
        self._do(commands.NoShow(by=self._day.duties[counter.number].clerk, counter=counter.number))
        if self._chance.random() < 0.6 and self._open() is not None:
            self._after(self._chance.uniform(60, 600), self._come_back, ticket)
        self._next(counter)

    def _come_back(self, ticket: str) -> None:
        there = self._day.tickets.get(ticket)
        if there is not None and there.state == "absent" and not self._day.closed:
            self._do(commands.ReturnTicket(by=self._guide, ticket=ticket))

    def _finish(self, counter: Counter) -> None:
        ticket, clerk = self._day.at_counter(counter.number), self._day.duties[counter.number].clerk
        assert ticket is not None  # noqa: S101 - it is being served
        services = () if ticket.service is None else (ticket.service,)
        self._do(commands.Finish(by=clerk, counter=counter.number, services=services))
        self._after(4, self._rate, counter)
        self._after(self._chance.uniform(6, 30), self._next, counter)

    def _rate(self, counter: Counter) -> None:
        luck = self._chance.random()
        if luck < 0.25:
            self._do(commands.LeaveUnrated(by="demo", counter=counter.number, cause="timed_out"))
        elif luck < 0.9:
            level = self._chance.choices(LEVELS, (70, 21, 7, 1.5, 0.5))[0]
            offered = list(self._reasons.levels[level])
            self._do(
                commands.RateCounter(
                    by="demo",
                    counter=counter.number,
                    level=level,
                    reasons=(self._chance.choice(offered),),
                    reasons_version=self._reasons.version,
                )
            )
            for _, opening in openings(self._hall.id, self._day, self._book):
                self._write(opening)
                self._days_later(1, self._put_right, opening.rectification)

    # The head

    def _put_right(self, rectification: str) -> None:
        """Begun on one day, done some days later, and the citizen asked."""
        if self._write(book_commands.StartRectification(by=self._head, rectification=rectification)):
            self._days_later(self._chance.randint(1, 6), self._finish_putting_right, rectification)

    def _finish_putting_right(self, rectification: str) -> None:
        said = self._note("rectification_note", self._chance.choice(PUT_RIGHT))
        satisfied = self._chance.random() < 0.85
        done = book_commands.FinishRectification(by=self._head, rectification=rectification, note_ref=said)
        if self._write(done) and self._chance.random() < 0.9:
            self._write(
                book_commands.CallBack(by=self._head, rectification=rectification, reached=True, satisfied=satisfied)
            )

    def _someone_complains(self) -> None:
        answered = [one for one in COMPLAINTS if self._answering(one.about) is not None]
        brought = self._chance.choices(answered, [one.often for one in answered])[0]
        complaint = self._id("c_")
        registered = book_commands.RegisterComplaint(
            by=self._guide,
            complaint=complaint,
            channel=self._chance.choice(CHANNELS),
            severity=brought.severity,
            about=brought.about,
            kind_of=day_kind,
            text_ref=self._note("complaint_text", brought.text),
        )
        if self._write(registered):
            within = (0, 0, 0, 1, 1, 1, 2) if brought.severity == "general" else range(2, 9)
            self._days_later(self._chance.choice(within), self._answer, complaint, brought)

    def _answering(self, about: About) -> str | None:
        """Whose answer it is: of what is about staff discipline's alone."""
        return self._discipline if about == "staff" else self._head

    def _answer(self, complaint: str, brought: Brought) -> None:
        by = self._answering(brought.about)
        assert by is not None  # noqa: S101 - nothing else is brought up
        said = self._note("complaint_reply", brought.reply)
        self._write(book_commands.ReplyToComplaint(by=by, complaint=complaint, reply_ref=said, written=True))

    def _someone_will_be_away(self) -> None:
        """Now and then a clerk reports an absence, most often in time, and the head confirms the deputy."""
        if self._chance.random() > 0.4:
            return
        post = self._chance.choice([post for post in self._hall.posts.values() if post.a is not None and post.b])
        assert post.a is not None  # noqa: S101 - chosen so
        start = self._page.business_day + timedelta(days=self._chance.choices((1, 2, 3), (5, 3, 2))[0])
        absence = self._id("a_")
        first = HalfDay(day=start, half="morning")
        last = HalfDay(day=start + timedelta(days=self._chance.randint(0, 1)), half=HALVES[1])
        kind = self._chance.choice(KINDS)
        reported = book_commands.ReportAbsence(
            by=post.a, absence=absence, clerk=post.a, first=first, last=last, kind=kind
        )
        if self._write(reported) and self._chance.random() < 0.85:
            self._after(self._chance.uniform(300, 7200), self._confirm, absence, post, self._chance.choice(post.b))

    def _confirm(self, absence: str, post: Post, deputy: str) -> None:
        self._write(
            book_commands.ConfirmDeputy(by=self._head, absence=absence, post=post.id, deputy=deputy, kind_of=day_kind)
        )


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _rush(share: float) -> float:
    """How busy the door is at a share of the day, between the points that are given."""
    for (x0, y0), (x1, y1) in pairwise(RUSH):
        if x0 <= share <= x1:
            return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
    return RUSH[-1][1]
