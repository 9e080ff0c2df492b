"""History that was lost, as a hall's book keeps it: what its head has to see to.

A server that knew events which are gone reports them. Another one may have known more, or others of them; what all tell
of one history is one loss, and stands until the head has seen to it, anew whenever more becomes known.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from msgspec.structs import replace

from queue_server.domain import book_commands as commands
from queue_server.domain import book_events as events
from queue_server.domain.refusals import refuse

__all__ = ["DECIDE", "Losses"]


class Losses:
    """The losses of one hall. all: by the epoch that ended with them, oldest first, as far as they are known;
    seen_to: epochs of those that the head has acknowledged.
    """

    __slots__ = ("all", "seen_to")

    def __init__(self) -> None:
        self.all: dict[str, events.HistoryLost] = {}
        self.seen_to: set[str] = set()

    def copy(self) -> Self:
        """An independent state of equal content."""
        other = type(self)()
        other.all, other.seen_to = self.all.copy(), self.seen_to.copy()
        return other

    def open(self) -> Iterator[events.HistoryLost]:
        """Those that the head has still to see to."""
        return (loss for epoch, loss in self.all.items() if epoch not in self.seen_to)

    def given_twice(self, loss: events.HistoryLost) -> list[str]:
        """The numbers that two people have: one that was lost was issued once more, of which it may be that nothing is
        left either.
        """
        tickets = {
            ticket: number
            for other in self.all.values()
            if other.business_day == loss.business_day
            for ticket, number in other.issued.items()
        }
        times = Counter(tickets.values())
        return list(dict.fromkeys([*(n for n in loss.issued.values() if times[n] > 1), *loss.again]))

    def with_report(self, report: events.HistoryLost) -> events.HistoryLost:
        """The loss as it is known with one report more."""
        known = self.all.get(report.epoch)
        if known is None:
            return report
        return replace(
            known,
            kept=min(known.kept, report.kept),
            known=max(known.known, report.known),
            since=min(known.since, report.since) if known.since and report.since else None,
            until=max((at for at in (known.until, report.until) if at is not None), default=None),
            issued=known.issued | report.issued,
            again=_joined(known.again, report.again),
            back=_joined(known.back, report.back),
            complaints=_joined(known.complaints, report.complaints),
        )

    def tells(self, report: events.HistoryLost) -> bool:
        """Whether all that a report says is written down."""
        return self.with_report(report) == self.all.get(report.epoch)

    def apply(self, event: events.BookEvent) -> None:
        """Take an event in; those of other subjects change nothing."""
        if isinstance(event, events.HistoryLost):
            self.all[event.epoch] = self.with_report(event)
            self.seen_to.discard(event.epoch)
        elif isinstance(event, events.LossAcknowledged):
            self.seen_to.add(event.epoch)


def _joined(numbers: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*numbers, *more)))


def _report(losses: Losses, command: commands.ReportLoss, now: datetime) -> Sequence[events.BookEvent]:
    """Write down what was lost, where nobody has told all of it yet."""
    fields = {name: getattr(command, name) for name in events.HistoryLost.__struct_fields__ if name != "at"}
    report = events.HistoryLost(at=now, **fields)
    return () if losses.tells(report) else (report,)


def _acknowledge(losses: Losses, command: commands.AcknowledgeLoss, now: datetime) -> Sequence[events.BookEvent]:
    """The head has seen to it."""
    if command.epoch not in losses.all:
        refuse("loss_unknown")
    if command.epoch in losses.seen_to:
        return ()
    return (events.LossAcknowledged(at=now, by=command.by, epoch=command.epoch),)


DECIDE: dict[type, Callable[[Losses, Any, datetime], Sequence[events.BookEvent]]] = {
    commands.ReportLoss: _report,
    commands.AcknowledgeLoss: _acknowledge,
}
"""What each command does, also in a hall whose set-up is what was lost; they leave by Refused."""
