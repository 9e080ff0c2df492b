"""The queue discipline 叫号规则: who is next, and why.

Every waiting ticket has an *effective arrival*: its issue less the head start of its priority class, or of one whose
ticket lapsed on the last business day; with an appointment, the later of its slot and its check-in less a head start. A
counter takes the smallest effective arrival among its primary queues, and only when none waits there, among its helping
queues; a helping queue whose longest wait is over its target counts as primary meanwhile. Hence, among ordinary
walk-ins of one queue the order is that of arrival, and nobody is overtaken by a priority ticket issued more than the
head start later: nobody starves.
Urgent tickets (特别紧急, granted by staff) come before all that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from queue_server.domain.hall import Rules
from queue_server.domain.queue import Queue
from queue_server.domain.ticket import Priority, Rank, Ticket
from queue_server.domain.value import Value

__all__ = [
    "Choice",
    "Why",
    "choose",
    "effective_arrival",
    "line",
    "next_in_line",
    "place_after_return",
    "primary_now",
    "why",
]

Why = Literal["urgent", "priority", "appointment", "lapsed", "returned", "arrival", "over_target", "helping"]
"""Which clause of the rule decided: shown to the clerk as the answer to "why this ticket?"."""

Waiting = Mapping[str, Sequence[Rank]]
"""Ranks of waiting tickets by queue id, ascending; a rank ends with the ticket's id."""


class Choice(Value, frozen=True, kw_only=True):
    """The ticket that is next at a counter, and why."""

    ticket: str
    why: Why


def effective_arrival(
    now: datetime, priority: Priority | None, appointment: datetime | None, rules: Rules, *, lapsed: bool = False
) -> datetime:
    """Effective arrival of a ticket issued (checked in) at `now`. lapsed: in the place of one that did."""
    head_start = rules.head_start_s.get(priority, 0) if priority else 0
    if lapsed:
        head_start = max(head_start, rules.lapsed_head_start_s)
    if appointment is not None:
        head_start = max(head_start, rules.appointment_head_start_s)
    effective = now - timedelta(seconds=head_start)
    return effective if appointment is None else max(appointment, effective)


def longest_waits(queues: Iterable[str], waiting: Waiting, tickets: Mapping[str, Ticket]) -> dict[str, datetime]:
    """Of these queues, by each with anybody waiting, the issue time of the one who waits longest."""
    return {
        queue: min(tickets[rank[-1]].issued_at for rank in ranks) for queue in queues if (ranks := waiting.get(queue))
    }


def primary_now(
    queues: Sequence[str],
    helps: Sequence[str],
    waiting: Waiting,
    longest: Mapping[str, datetime],
    settings: Mapping[str, Queue],
    now: datetime,
) -> tuple[list[str], list[str]]:
    """The queues that count as primary at this moment, and the helping ones that are left.

    longest: by queue with anybody waiting, the issue time of the one who waits longest.
    """
    over = [
        queue
        for queue in helps
        if queue not in queues
        and waiting.get(queue)
        and (now - longest[queue]).total_seconds() > settings[queue].target_s
    ]
    return [*queues, *over], [queue for queue in helps if queue not in over and queue not in queues]


def next_in_line(groups: Sequence[Sequence[str]], waiting: Waiting) -> Rank | None:
    """The rank that is next among groups of queues, tried in order; an urgent ticket of any group comes first."""
    firsts = []
    for group in groups:
        heads = [ranks[0] for queue in group if (ranks := waiting.get(queue))]
        if heads:
            firsts.append(min(heads))
    if not firsts:
        return None
    first = min(firsts)
    return firsts[0] if first[0] else first


def choose(
    queues: Sequence[str],
    helps: Sequence[str],
    waiting: Waiting,
    longest: Mapping[str, datetime],
    settings: Mapping[str, Queue],
    tickets: Mapping[str, Ticket],
    now: datetime,
) -> Choice | None:
    """Who is next at a counter with these primary and helping queues; None when nobody waits for it."""
    primary, helping = primary_now(queues, helps, waiting, longest, settings, now)
    rank = next_in_line((primary, helping), waiting)
    if rank is None:
        return None
    ticket = tickets[rank[-1]]
    return Choice(ticket=ticket.id, why=why(ticket, queues, primary))


def why(ticket: Ticket, queues: Sequence[str], primary: Sequence[str]) -> Why:
    """Which clause puts a ticket where it stands, at a counter with these own and these primary queues."""
    if ticket.urgent:
        return "urgent"
    if ticket.queue not in queues:
        return "over_target" if ticket.queue in primary else "helping"
    if ticket.returned:
        return "returned"
    if ticket.priority:
        return "priority"
    if ticket.instead_of:
        return "lapsed"
    return "appointment" if ticket.appointment else "arrival"


def line(
    queues: Sequence[str],
    helps: Sequence[str],
    waiting: Waiting,
    settings: Mapping[str, Queue],
    tickets: Mapping[str, Ticket],
    now: datetime,
) -> Iterator[Choice]:
    """Everybody who waits for a counter, in the order in which it would call them if nothing else happened.

    Not the queues' ranks merely merged: a helping queue stops being over its target once its longest waits are called.
    """
    left = {queue: list(waiting.get(queue, ())) for queue in (*queues, *helps)}
    while (
        choice := choose(queues, helps, left, longest_waits(helps, left, tickets), settings, tickets, now)
    ) is not None:
        yield choice
        del left[tickets[choice.ticket].queue][0]


def place_after_return(ranks: Sequence[Rank], places: int, own: Ticket) -> tuple[datetime, int]:
    """Effective arrival and order of a no-show that reports back, `places` later in its queue.

    It comes right after the ticket that is `places`-th now, or after the last when fewer wait, and after those who
    came back to that place before it. With nobody waiting, or when its own place is further back, it keeps its own.
    Urgent tickets are ahead in any case: they are not counted, and an urgent one that reports back is again next.
    """
    ordinary = [rank for rank in ranks if rank[0]]
    if own.urgent or not ordinary or places <= 0:
        return own.effective, own.order
    after = ordinary[min(places, len(ordinary)) - 1]
    return (after[1], after[2]) if after[:4] > own.rank[:4] else (own.effective, own.order)
