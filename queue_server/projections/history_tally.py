"""Statistics: facts added up into rows, one for each queue, counter, hour …; every figure is defined here.

docs/statistics.md says the same for people, and a test holds the two together.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from queue_server.domain.hours import WEEKDAYS
from queue_server.domain.rating import LEVELS, Level, UnratedCause
from queue_server.projections.history_facts import Doing, Fact, LegFacts, TicketFacts, Work

__all__ = ["BYS", "By", "Figures", "Key", "Tally"]

By = Literal["queue", "counter", "service", "post", "clerk", "hour", "weekday", "day"]
"""What rows stand for. `hour` (0–23, local), `weekday` and `day` are those of the ticket's issue."""
BYS: tuple[By, ...] = get_args(By)

Key = str | int | None
"""Names a row; None for the one row of everything, for tickets without a service and for legs without a post."""

GOOD = frozenset(LEVELS[:3])
SATISFIED = frozenset(LEVELS[:2])


@dataclass(slots=True)
class Figures:
    """What is added up in one row. Lists hold a duration for each, milliseconds, in no order."""

    # Tickets, by what was asked for when they were issued
    issued: int = 0
    urgent: int = 0
    priority: int = 0
    cancelled: int = 0
    void: int = 0
    lapsed: int = 0
    abandoned: int = 0
    # Tickets that were called, by their first call
    waits: list[int] = field(default_factory=list)
    in_target: int = 0
    promise_errors: list[int] = field(default_factory=list)
    promises_kept: int = 0
    # Legs, by where they took place
    called: int = 0
    chosen: int = 0
    absent: int = 0
    served: int = 0
    transferred: int = 0
    services: list[int] = field(default_factory=list)
    levels: dict[Level, int] = field(default_factory=lambda: dict.fromkeys(LEVELS, 0))
    served_and_rated: int = 0
    unrated: dict[UnratedCause, int] = field(default_factory=lambda: dict.fromkeys(get_args(UnratedCause), 0))
    # Duty
    on_duty_ms: int = 0
    paused_ms: int = 0
    serving_ms: int = 0

    def add_issue(self, ticket: TicketFacts) -> None:
        """Count a ticket."""
        self.issued += 1
        self.urgent += ticket.urgent
        self.priority += ticket.priority
        self.cancelled += ticket.state == "cancelled"
        self.void += ticket.state == "void"
        self.lapsed += ticket.state == "lapsed"
        self.abandoned += ticket.state in ("void", "absent")

    def add_wait(self, ticket: TicketFacts) -> None:
        """Count the wait of a ticket that was called."""
        assert ticket.waited_ms is not None and ticket.elapsed_ms is not None  # noqa: S101 - it has a leg
        self.waits.append(ticket.waited_ms)
        self.in_target += ticket.in_target
        if ticket.promised is not None:
            p50_s, p90_s = ticket.promised
            self.promise_errors.append(abs(ticket.elapsed_ms - p50_s * 1000))
            self.promises_kept += ticket.elapsed_ms <= p90_s * 1000

    def add_leg(self, leg: LegFacts) -> None:
        """Count a leg."""
        self.called += leg.called
        self.chosen += leg.chosen
        self.absent += leg.outcome == "absent"
        self.served += leg.outcome == "served"
        self.transferred += leg.outcome == "transferred"
        if leg.service_ms is not None:
            self.services.append(leg.service_ms)
        if leg.level is not None:
            self.levels[leg.level] += 1
            self.served_and_rated += leg.outcome == "served"
        elif leg.unrated is not None:
            self.unrated[leg.unrated] += 1

    def add_duty(self, doing: Doing, ms: int) -> None:
        """Count time on duty."""
        self.on_duty_ms += ms
        self.paused_ms += ms if doing == "paused" else 0
        self.serving_ms += ms if doing == "serving" else 0

    # As a row

    def of_tickets(self) -> dict[str, Any]:
        """Figures of tickets by what was asked for."""
        row: dict[str, Any] = {
            "issued": self.issued,
            "urgent": self.urgent,
            "priority": self.priority,
            "cancelled": self.cancelled,
            "void": self.void,
            "lapsed": self.lapsed,
            "abandoned": self.abandoned,
        }
        return row | _rates(abandonment_rate=(self.abandoned, self.issued))

    def of_waits(self) -> dict[str, Any]:
        """Figures of waiting, which ends with the first call."""
        waits, errors = len(self.waits), len(self.promise_errors)
        row: dict[str, Any] = {"waiting": _spread(self.waits), "within_target": self.in_target, "promised": errors}
        if errors:
            row["promise_error_s"] = _median(sorted(self.promise_errors))
        return row | _rates(within_target_rate=(self.in_target, waits), promise_kept_rate=(self.promises_kept, errors))

    def of_legs(self) -> dict[str, Any]:
        """Figures of legs."""
        rated = sum(self.levels.values())
        row: dict[str, Any] = {
            "called": self.called,
            "chosen": self.chosen,
            "absent": self.absent,
            "served": self.served,
            "transferred": self.transferred,
            "service": _spread(self.services),
            "rated": rated,
            "ratings": dict(self.levels),
            "unrated": {
                "not_invited": self.served - self.served_and_rated - sum(self.unrated.values()),
                **self.unrated,
            },
        }
        good = sum(self.levels[level] for level in GOOD)
        return row | _rates(
            rating_rate=(self.served_and_rated, self.served),
            good_rate_top3=(good, rated),
            satisfied_rate_top2=(sum(self.levels[level] for level in SATISFIED), rated),
            bad_rate=(rated - good, rated),
        )

    def of_duty(self) -> dict[str, Any]:
        """Figures of duty."""
        row: dict[str, Any] = {
            "on_duty_s": _seconds(self.on_duty_ms),
            "paused_s": _seconds(self.paused_ms),
            "serving_s": _seconds(self.serving_ms),
        }
        return row | _rates(utilisation=(self.serving_ms, self.on_duty_ms - self.paused_ms))


def _seconds(total_ms: int, count: int = 1) -> int:
    """The mean in whole seconds, halves upwards. In integers throughout, so that it comes out the same everywhere."""
    return (2 * total_ms + 1000 * count) // (2000 * count)


def _median(ascending: Sequence[int]) -> int:
    """The middle one, or the mean of the two in the middle; seconds."""
    middle = len(ascending) // 2
    if len(ascending) % 2:
        return _seconds(ascending[middle])
    return _seconds(ascending[middle - 1] + ascending[middle], 2)


def _spread(durations_ms: list[int]) -> dict[str, int]:
    """Count, and unless it is zero mean, median, p90 (the least that nine in ten do not exceed) and maximum."""
    count = len(durations_ms)
    if not count:
        return {"count": 0}
    ascending = sorted(durations_ms)
    return {
        "count": count,
        "mean_s": _seconds(sum(ascending), count),
        "median_s": _median(ascending),
        "p90_s": _seconds(ascending[-(-9 * count // 10) - 1]),
        "max_s": _seconds(ascending[-1]),
    }


def _rates(**rates: tuple[int, int]) -> dict[str, float]:
    """Shares from 0 to 1, four decimals; those that would divide by zero are left out."""
    return {name: round(part / whole, 4) for name, (part, whole) in rates.items() if whole}


OF_TICKET: dict[By | None, Callable[[TicketFacts], Key]] = {
    None: lambda ticket: None,
    "day": lambda ticket: ticket.day.isoformat(),
    "weekday": lambda ticket: WEEKDAYS[ticket.day.weekday()],
    "hour": lambda ticket: ticket.hour,
    "queue": lambda ticket: ticket.queue,
    "service": lambda ticket: ticket.service,
}
"""Which row a ticket counts in. Where it is missing no ticket can be counted before it is called."""

OF_LEG: dict[By | None, Callable[[LegFacts], Key]] = {
    "queue": lambda leg: leg.queue,
    "counter": lambda leg: leg.counter,
    "post": lambda leg: leg.post,
    "clerk": lambda leg: leg.clerk,
}
"""Which row a leg counts in. Where it is missing a leg counts where its ticket does."""

OF_WORK: dict[By | None, Callable[[Work], Sequence[Key]]] = {
    None: lambda work: (None,),
    "day": lambda work: (work.day.isoformat(),),
    "weekday": lambda work: (WEEKDAYS[work.day.weekday()],),
    "counter": lambda work: (work.counter,),
    "clerk": lambda work: (work.clerk,),
    "post": lambda work: work.posts,
}
"""Which rows a clerk's time counts in. Where it is missing time cannot be told apart."""


class Tally:
    """Facts added up, by one of `BYS` or, with None, in one row. Any order of the facts gives the same rows."""

    def __init__(self, by: By | None) -> None:
        self.by = by
        self._rows: dict[Key, Figures] = {}
        if by is None:
            self._row(None)
        self._of_ticket = OF_TICKET.get(by)
        self._of_leg = OF_LEG.get(by)
        self._of_work = OF_WORK.get(by)

    def add(self, fact: Fact) -> None:
        """Count a fact."""
        if isinstance(fact, Work):
            self._add_work(fact)
        else:
            self._add_ticket(fact)

    @property
    def keys(self) -> frozenset[Key]:
        """The keys of the rows."""
        return frozenset(self._rows)

    def rows(self, order: Sequence[Key] = ()) -> Iterator[dict[str, Any]]:
        """The rows as the wire shows them: keys in the given order, others ascending, the one without a key last."""
        place = {key: at for at, key in enumerate(order)}
        place |= {key: at for at, key in enumerate(WEEKDAYS)} if self.by == "weekday" else {}

        def rank(key: Key) -> tuple[bool, int, bool, str | int]:
            return key is None, place.get(key, len(place)), isinstance(key, str), 0 if key is None else key

        for key in sorted(self._rows, key=rank):
            figures = self._rows[key]
            row: dict[str, Any] = {} if key is None else {"key": key}
            row |= figures.of_tickets() if self._of_ticket is not None else {}
            row |= figures.of_waits() | figures.of_legs()
            row |= figures.of_duty() if self._of_work is not None else {}
            yield row

    def _row(self, key: Key) -> Figures:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = Figures()
        return row

    def _add_ticket(self, ticket: TicketFacts) -> None:
        own = None
        if self._of_ticket is not None:
            own = self._row(self._of_ticket(ticket))
            own.add_issue(ticket)
        for at, leg in enumerate(ticket.legs):
            row = own if self._of_leg is None else self._row(self._of_leg(leg))
            assert row is not None  # noqa: S101 - each grouping places tickets, or legs
            row.add_leg(leg)
            if at == 0:
                row.add_wait(ticket)

    def _add_work(self, work: Work) -> None:
        for key in self._of_work(work) if self._of_work is not None else ():
            # A clerk who covers a post is on duty for both, and serves for one of them at a time.
            elsewhere = self.by == "post" and work.doing == "serving" and key != work.post
            self._row(key).add_duty("free" if elsewhere else work.doing, work.ms)
