"""A hall's book with one bad rating in it, for tests: commands in, the rectification out."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain import commands as day_commands
from queue_server.domain.book import Book, apply_to_book, decide_for_book
from queue_server.domain.hours import Hours
from queue_server.domain.rating import Level
from queue_server.domain.rectification import Rectification
from queue_server.domain.rectify import opening_of
from queue_server.domain.refusals import CODES, Refusal
from queue_server.domain.ticket import Ticket
from tests.domain.halls import HEAD, Floor, township

__all__ = ["DISCIPLINE", "DUE", "ID", "Rectifying", "rated_badly"]

DISCIPLINE = "u_discipline"
ID = "r_00000000000000a1"
DUE = date(2026, 6, 8)
"""Five working days after Monday, the first of June."""


def rated_badly(level: Level = "dissatisfied", **fields: Any) -> tuple[Floor, Ticket]:
    """A hall's day with one finished ticket, and its bad rating by phone."""
    floor = Floor(township(hours=Hours(always=True)))
    floor.on(1)
    floor.issue(service=1)
    ticket = floor.serve(1)
    floor.do(day_commands.RateLeg(by="holder", ticket=ticket.id, leg=1, level=level, source="phone", **fields))
    return floor, ticket


class Rectifying:
    """The book of that hall. `now` is moved by hand; `log` holds all events."""

    def __init__(self, **fields: Any) -> None:
        floor, ticket = rated_badly(**fields)
        self.hall, self.now = floor.hall, floor.now
        self.book = Book()
        self.log: list[events.BookEvent] = []
        self.do(commands.ConfigureHall(hall=floor.hall))
        self.do(opening_of(floor.day, ticket.id, 1, rectification=ID, due_on=DUE))

    @property
    def one(self) -> Rectification:
        """The rectification as it is now."""
        return self.book.rectifications.by_id[ID]

    def later(self, **time: float) -> Self:
        """Let time go on."""
        self.now += timedelta(**time)
        return self

    def at(self, now: datetime) -> None:
        """Let it be that time."""
        self.now = now

    def do(self, command: commands.BookCommand) -> tuple[events.BookEvent, ...]:
        """Carry a command out that must be accepted; its events."""
        decision = decide_for_book(self.book, command, self.now)
        assert not isinstance(decision, Refusal), decision
        for event in decision:
            apply_to_book(self.book, event)
        self.log.extend(decision)
        return tuple(decision)

    def accepts(self, command: commands.BookCommand) -> bool:
        """Carry a command out if it is accepted; whether it was."""
        if isinstance(decide_for_book(self.book, command, self.now), Refusal):
            return False
        self.do(command)
        return True

    def refused(self, command: commands.BookCommand) -> Refusal:
        """The refusal of a command that must be refused, which changes nothing."""
        before = dict(self.book.rectifications.by_id)
        decision = decide_for_book(self.book, command, self.now)
        assert isinstance(decision, Refusal), decision
        assert decision.code in CODES
        assert self.book.rectifications.by_id == before
        return decision

    # What tests do most

    def start(self, by: str = HEAD) -> commands.StartRectification:
        """Begin."""
        return commands.StartRectification(by=by, rectification=ID)

    def finish(self, by: str = HEAD) -> commands.FinishRectification:
        """It is done."""
        return commands.FinishRectification(by=by, rectification=ID, note_ref="n_f")

    def ask(self, what: events.ReviewKind = "invalid", until: date | None = None, by: str = HEAD) -> commands.AskReview:
        """Ask for a review."""
        return commands.AskReview(by=by, rectification=ID, what=what, note_ref="n_a", until=until)

    def decide(self, granted: bool, by: str = DISCIPLINE) -> commands.DecideReview:
        """Decide it."""
        return commands.DecideReview(by=by, rectification=ID, granted=granted, note_ref="n_d")

    def call(self, reached: bool = True, satisfied: bool | None = None) -> commands.CallBack:
        """Call the citizen."""
        return commands.CallBack(by=HEAD, rectification=ID, reached=reached, satisfied=satisfied, note_ref="n_c")

    def follow(self, level: Level = "satisfied", source: events.FollowUpSource = "phone") -> commands.FollowUp:
        """Rate once more."""
        return commands.FollowUp(by="holder", rectification=ID, level=level, source=source)
