"""What one row of statistics adds up, and how its figures follow from that: every figure is defined here.

docs/statistics.md says the same for people, and a test holds the two together.
"""

from collections import Counter
from typing import Any, Literal, get_args

from msgspec import Struct

from queue_server.domain.rating import LEVELS, Level, UnratedCause
from queue_server.projections.histogram import Histogram, Packed, whole_seconds
from queue_server.projections.history_book import ComplaintFacts, RectificationFacts
from queue_server.projections.history_facts import Doing, LegFacts, Staffing, TicketFacts

__all__ = ["Figures", "PackedFigures"]

_OfTicket = Literal["issued", "urgent", "priority", "cancelled", "void", "lapsed", "abandoned"]
_OfWait = Literal["within_target", "promise_kept"]
_OfLeg = Literal["called", "chosen", "absent", "served", "transferred", "served_and_rated"]
_OfTime = Literal["on_duty_ms", "paused_ms", "serving_ms", "post_expected_ms", "post_staffed_ms"]
_OfRectification = Literal[
    "rectifications",
    "rectifications_invalid",
    "rectified",
    "rectified_in_time",
    "rectifications_named",
    "called_back",
    "called_back_satisfied",
    "followed_up",
]
_OfComplaint = Literal["complaints", "complaints_withdrawn", "complaints_replied", "complaints_in_time"]
_OfBook = _OfRectification | _OfComplaint
_Count = _OfTicket | _OfWait | _OfLeg | _OfTime | Level | UnratedCause | _OfBook

CAUSES: tuple[UnratedCause, ...] = get_args(UnratedCause)
GOOD, SATISFIED = LEVELS[:3], LEVELS[:2]

_COUNTS: tuple[_Count, ...] = (
    *get_args(_OfTicket),
    *get_args(_OfWait),
    *get_args(_OfLeg),
    *get_args(_OfTime),
    *LEVELS,
    *CAUSES,
)
"""Those that are stored, in their order: all but those of the book."""


class PackedFigures(Struct, array_like=True, frozen=True):
    """Figures as they are stored. counts: in the order of `_COUNTS`, the zeros at the end left out."""

    counts: list[int]
    waits: Packed
    promise_errors: Packed
    services: Packed


class Figures:
    """What is added up in one row."""

    __slots__ = ("_counts", "_promise_errors", "_services", "_waits")

    def __init__(self) -> None:
        self._counts: Counter[_Count] = Counter()
        self._waits = Histogram()
        self._promise_errors = Histogram()
        self._services = Histogram()

    # Adding up

    def add_issue(self, ticket: TicketFacts) -> None:
        """Count a ticket."""
        counts = self._counts
        counts["issued"] += 1
        counts["urgent"] += ticket.urgent
        counts["priority"] += ticket.priority
        match ticket.state:
            case "cancelled" | "lapsed":
                counts[ticket.state] += 1
            case "void":
                counts["void"] += 1
                counts["abandoned"] += 1
            case "absent":
                counts["abandoned"] += 1

    def add_wait(self, ticket: TicketFacts) -> None:
        """Count the wait of a ticket that was called."""
        assert ticket.waited_ms is not None and ticket.elapsed_ms is not None  # noqa: S101 - it has a leg
        self._waits.add(ticket.waited_ms)
        self._counts["within_target"] += ticket.in_target
        if ticket.promised is not None:
            p50_s, p90_s = ticket.promised
            self._promise_errors.add(abs(ticket.elapsed_ms - p50_s * 1000))
            self._counts["promise_kept"] += ticket.elapsed_ms <= p90_s * 1000

    def add_leg(self, leg: LegFacts) -> None:
        """Count a leg."""
        counts = self._counts
        counts["called"] += leg.called
        counts["chosen"] += leg.chosen
        if leg.outcome is not None and leg.outcome != "held":
            counts[leg.outcome] += 1
        if leg.service_ms is not None:
            self._services.add(leg.service_ms)
        if leg.level is not None:
            counts[leg.level] += 1
            counts["served_and_rated"] += leg.outcome == "served"
        elif leg.unrated is not None:
            counts[leg.unrated] += 1

    def add_duty(self, doing: Doing, ms: int) -> None:
        """Count time on duty."""
        self._counts["on_duty_ms"] += ms
        if doing == "paused":
            self._counts["paused_ms"] += ms
        elif doing == "serving":
            self._counts["serving_ms"] += ms

    def add_staffing(self, staffing: Staffing) -> None:
        """Count how far a post was staffed."""
        self._counts["post_expected_ms"] += staffing.expected_ms
        self._counts["post_staffed_ms"] += staffing.staffed_ms

    def add_rectification(self, one: RectificationFacts) -> None:
        """Count what became of a bad rating."""
        counts = self._counts
        counts["rectifications"] += 1
        if one.invalid:
            counts["rectifications_invalid"] += 1
            return
        counts["rectified"] += one.finished
        counts["rectified_in_time"] += one.in_time
        counts["followed_up"] += one.followed_up
        if one.named:
            counts["rectifications_named"] += 1
            counts["called_back"] += one.reached
            counts["called_back_satisfied"] += one.reached and one.satisfied

    def add_complaint(self, one: ComplaintFacts) -> None:
        """Count what became of a complaint."""
        counts = self._counts
        counts["complaints"] += 1
        counts["complaints_withdrawn"] += one.state == "withdrawn"
        counts["complaints_replied"] += one.state == "replied"
        counts["complaints_in_time"] += one.in_time

    def merge(self, packed: PackedFigures) -> None:
        """Add what other figures added up."""
        for name, count in zip(_COUNTS, packed.counts, strict=False):
            self._counts[name] += count
        self._waits.merge(packed.waits)
        self._promise_errors.merge(packed.promise_errors)
        self._services.merge(packed.services)

    def packed(self) -> PackedFigures:
        """All of it, to be stored."""
        counts = [self._counts[name] for name in _COUNTS]
        while counts and not counts[-1]:
            counts.pop()
        return PackedFigures(counts, self._waits.packed(), self._promise_errors.packed(), self._services.packed())

    # As a row

    def of_tickets(self) -> dict[str, Any]:
        """Figures of tickets by what was asked for."""
        row: dict[str, Any] = {name: self._counts[name] for name in get_args(_OfTicket)}
        return row | _rates(abandonment_rate=(self._counts["abandoned"], self._counts["issued"]))

    def of_waits(self, *, distribution: bool) -> dict[str, Any]:
        """Figures of waiting, which ends with the first call."""
        waits, promised = len(self._waits), len(self._promise_errors)
        within_target, kept = self._counts["within_target"], self._counts["promise_kept"]
        row: dict[str, Any] = {
            "waiting": _spread(self._waits, distribution),
            "within_target": within_target,
            "promised": promised,
        }
        if promised:
            row["promise_error_s"] = self._promise_errors.median()
        return row | _rates(within_target_rate=(within_target, waits), promise_kept_rate=(kept, promised))

    def of_legs(self, *, distribution: bool) -> dict[str, Any]:
        """Figures of legs."""
        counts = self._counts
        levels, causes = {level: counts[level] for level in LEVELS}, {cause: counts[cause] for cause in CAUSES}
        rated = sum(levels.values())
        row: dict[str, Any] = {
            "called": counts["called"],
            "chosen": counts["chosen"],
            "absent": counts["absent"],
            "served": counts["served"],
            "transferred": counts["transferred"],
            "service": _spread(self._services, distribution),
            "rated": rated,
            "ratings": levels,
            "unrated": {
                "not_invited": counts["served"] - counts["served_and_rated"] - sum(causes.values()),
                **causes,
            },
        }
        good = sum(levels[level] for level in GOOD)
        return row | _rates(
            rating_rate=(counts["served_and_rated"], counts["served"]),
            good_rate_top3=(good, rated),
            satisfied_rate_top2=(sum(levels[level] for level in SATISFIED), rated),
            bad_rate=(rated - good, rated),
        )

    def of_duty(self) -> dict[str, Any]:
        """Figures of duty."""
        on_duty_ms, paused_ms, serving_ms = (self._counts[name] for name in ("on_duty_ms", "paused_ms", "serving_ms"))
        row: dict[str, Any] = {
            "on_duty_s": whole_seconds(on_duty_ms),
            "paused_s": whole_seconds(paused_ms),
            "serving_s": whole_seconds(serving_ms),
        }
        return row | _rates(utilisation=(serving_ms, on_duty_ms - paused_ms))

    def of_posts(self) -> dict[str, Any]:
        """Figures of posts."""
        expected_ms, staffed_ms = self._counts["post_expected_ms"], self._counts["post_staffed_ms"]
        row: dict[str, Any] = {
            "post_expected_s": whole_seconds(expected_ms),
            "post_staffed_s": whole_seconds(staffed_ms),
        }
        return row | _rates(coverage=(staffed_ms, expected_ms))

    def of_rectifications(self) -> dict[str, Any]:
        """Figures of bad ratings."""
        row: dict[str, Any] = {name: self._counts[name] for name in get_args(_OfRectification)}
        valid = row["rectifications"] - row["rectifications_invalid"]
        return row | _rates(
            rectified_rate=(row["rectified"], valid),
            rectified_in_time_rate=(row["rectified_in_time"], valid),
            called_back_rate=(row["called_back"], row["rectifications_named"]),
            called_back_satisfied_rate=(row["called_back_satisfied"], row["called_back"]),
        )

    def of_complaints(self) -> dict[str, Any]:
        """Figures of complaints."""
        row: dict[str, Any] = {name: self._counts[name] for name in get_args(_OfComplaint)}
        pursued = row["complaints"] - row["complaints_withdrawn"]
        return row | _rates(complaints_in_time_rate=(row["complaints_in_time"], pursued))


def _spread(durations: Histogram, distribution: bool) -> dict[str, Any]:
    return durations.spread() | ({"minutes": durations.minutes()} if distribution else {})


def _rates(**rates: tuple[int, int]) -> dict[str, float]:
    """Shares from 0 to 1, four decimals; those that would divide by zero are left out."""
    return {name: round(part / whole, 4) for name, (part, whole) in rates.items() if whole}
