"""What a hall's head has to decide and look at now, beside the topic `load`: nothing of it is journaled."""

from typing import Any

from queue_server.domain.alarm import Alarm, AlarmKind
from queue_server.domain.book import Book
from queue_server.domain.complaint import of_staff
from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.flexible import Proposal, proposals
from queue_server.projections.hall_alarms import hall_alarms
from queue_server.projections.instant import instant
from queue_server.projections.post_plan import post_plan
from queue_server.web.access import Role
from queue_server.web.halls import open_since

__all__ = ["hall_watch"]


def hall_watch(runner: HallRunner, reader: Role) -> dict[str, Any]:
    """`standing, proposals, posts`.

    standing: the alarms that the reader may know, the worst first: `kind, colour, subject, name, figure, limit, since?,
    actors, lost?`; name: what people call the subject; lost: of lost history, its `part`, and by number the tickets
    that were `issued` in it, issued `again` since, or are `back` where they stood before, and `complaints` that came in
    with it. proposals: `action, counter,
    queues, waiting, open, limit, actors`.
    posts: as `post_plan` says.
    """
    day, book, now = runner.day, runner.books.durable, runner.now()
    if book.hall is None:
        return {"standing": [], "proposals": [], "posts": []}
    found = hall_alarms(day, book, now)
    offered = proposals(day, book.hall.flexible) if open_since(runner) is not None else []
    return {
        "standing": [_alarm(alarm, book, runner.hall or book.hall) for alarm in found if reader in alarm.readers],
        "proposals": [_proposal(proposal) for proposal in offered],
        "posts": post_plan(day, book.staffing, now),
    }


def _alarm(alarm: Alarm, book: Book, hall: Hall) -> dict[str, Any]:
    view: dict[str, Any] = {
        "kind": alarm.kind,
        "colour": alarm.colour,
        "subject": alarm.subject,
        "name": _name(alarm.kind, alarm.subject, book, hall),
        "figure": alarm.figure,
        "limit": alarm.limit,
        "actors": list(alarm.actors),
    }
    if alarm.since is not None:
        view["since"] = instant(alarm.since)
    if alarm.kind == "history_lost":
        loss = book.losses.all[alarm.subject]
        view["lost"] = {
            "part": loss.part,
            "issued": list(dict.fromkeys(loss.issued.values())),
            "again": book.losses.given_twice(loss),
            "back": list(loss.back),
            "complaints": [number for number in loss.complaints if not of_staff(number)],
        }
    return view


def _name(kind: AlarmKind, subject: str, book: Book, hall: Hall) -> str:
    """What people call it: a post's or a queue's name, a counter's or a ticket's number; "" for the hall."""
    match kind:
        case "post_uncovered" | "both_absent":
            return hall.posts[subject].name
        case "wait" | "saturation":
            return hall.queues[subject].name
        case "complaint_due":
            return book.complaints.all[subject].number
        case "rectification_due":
            return book.rectifications.by_id[subject].opened.number
        case "history_lost":
            return ""
    return subject


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "action": proposal.action,
        "counter": proposal.counter,
        "queues": list(proposal.queues),
        "waiting": proposal.waiting,
        "open": proposal.open,
        "limit": proposal.limit,
        "actors": list(proposal.actors),
    }
