"""A complaint as those who may see it are shown it. Every look at what stands in it is recorded."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from queue_server.domain import book_events as events
from queue_server.domain.complaint import Complaint, ComplaintEvent
from queue_server.domain.deadlines import last_day
from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.web.server import Server

__all__ = ["contact", "done", "in_order", "listed", "own", "whole"]

LOOKS = 200
"""The newest looks that are listed."""


def done(complaint: Complaint, timezone: str) -> dict[str, Any]:
    """What is told of it to whoever did something about it, who may not see it any more."""
    return {
        "id": complaint.id,
        "number": complaint.number,
        "state": complaint.state,
        "due_at": instant(complaint.due_at),
        "last_day": last_day(complaint.due_at, timezone).isoformat(),
    }


def listed(complaint: Complaint, hall: Hall, now: datetime, names: Mapping[str, str]) -> dict[str, Any]:
    """What a list tells of it: no words, no names of complainants."""
    view: dict[str, Any] = done(complaint, hall.timezone) | {
        "channel": complaint.channel,
        "severity": complaint.severity,
        "about": complaint.about,
        "came_at": instant(complaint.came_at),
        "written": complaint.written,
        "extended": complaint.extended_to is not None,
        "late": complaint.late(now),
        "named": complaint.name_ref is not None,
        "phone": complaint.phone_ref is not None,
    }
    if complaint.subject is not None:
        view["subject"] = {"id": complaint.subject, "name": names.get(complaint.subject, "")}
    if complaint.counter is not None:
        view["counter"] = complaint.counter
    if complaint.closed_at is not None:
        view["closed_at"] = instant(complaint.closed_at)
    return view


def in_order(complaints: Iterable[Complaint]) -> list[Complaint]:
    """What waits for an answer by its limit, a major one first; then what is closed, the newest first."""
    found = [*complaints]
    waiting = [one for one in found if one.closed_at is None]
    closed = [one for one in found if one.closed_at is not None]
    waiting.sort(key=lambda one: (one.severity != "major", one.due_at, one.number))
    closed.sort(key=lambda one: one.closed_at or one.came_at, reverse=True)
    return [*waiting, *closed]


async def whole(server: Server, runner: HallRunner, hall: Hall, complaint: Complaint, reader: str) -> dict[str, Any]:
    """All of it but whose it is, and who has read it, this look included. reader: the account that looks."""
    texts = await _texts(server, runner, complaint, reader)
    looks = await _looks(server, complaint)
    people = {event.by for event in complaint.log} | {look["reader"] for look in looks} | {complaint.subject}
    names = await server.names.of({id for id in people if id is not None and id.startswith("u_")})
    view = listed(complaint, hall, runner.now(), names)
    if (text := texts.get(complaint.text_ref or "")) is not None:
        view["text"] = text
    view["log"] = [
        {"by_name": names.get(event.by, "")} | _entry(event, hall.timezone, texts) for event in complaint.log
    ]
    view["looks"] = [{"reader_name": names.get(look["reader"], "")} | look for look in looks]
    return view


async def own(server: Server, runner: HallRunner, hall: Hall, complaint: Complaint) -> dict[str, Any]:
    """What its complainant is shown: what became of it, and nobody's name."""
    texts = await _texts(server, runner, complaint, "holder")
    view = done(complaint, hall.timezone) | {
        "came_at": instant(complaint.came_at),
        "late": complaint.late(runner.now()),
        "extensions": [
            _own(event, hall.timezone, texts, "reason")
            for event in complaint.log
            if isinstance(event, events.ComplaintExtended)
        ],
    }
    del view["id"]  # the staff's name for it
    if (text := texts.get(complaint.text_ref or "")) is not None:
        view["text"] = text
    for event in complaint.log:
        if isinstance(event, events.ComplaintReplied):
            view["reply"] = _own(event, hall.timezone, texts, "text")
    if complaint.closed_at is not None:
        view["closed_at"] = instant(complaint.closed_at)
    return view


async def contact(server: Server, runner: HallRunner, complaint: Complaint, reader: str) -> dict[str, str]:
    """Name and phone of its complainant, as far as they were left and are still kept."""
    refs = {"name": complaint.name_ref, "phone": complaint.phone_ref}
    notes = await server.records.notes.get_many([ref for ref in refs.values() if ref], reader, runner.now())
    return {what: notes[ref].text for what, ref in refs.items() if ref in notes}


async def _texts(server: Server, runner: HallRunner, complaint: Complaint, reader: str) -> dict[str, str]:
    """The words in it, by reference, without those whose time is over."""
    refs = [ref for ref in (complaint.text_ref, *map(_ref, complaint.log)) if ref is not None]
    notes = await server.records.notes.get_many(refs, reader, runner.now())
    return {ref: note.text for ref, note in notes.items()}


async def _looks(server: Server, complaint: Complaint) -> list[dict[str, str]]:
    """Who has read it, the newest first; whoever reads name and phone reads them at the same time."""
    found = set[tuple[str, str, str]]()
    for what, ref in (("text", complaint.text_ref), ("contact", complaint.name_ref), ("contact", complaint.phone_ref)):
        if ref is not None:
            found |= {(instant(look.at), look.reader, what) for look in await server.records.notes.looks(ref)}
    newest = sorted(found, reverse=True)[:LOOKS]
    return [{"at": at, "reader": reader, "what": what} for at, reader, what in newest]


def _ref(event: ComplaintEvent) -> str | None:
    """What was written down with it, beside the complaint's own words."""
    match event:
        case events.ComplaintExtended() | events.ComplaintWithdrawn():
            return event.reason_ref
        case events.ComplaintNoted():
            return event.note_ref
        case events.ComplaintReplied():
            return event.reply_ref
    return None


def _entry(event: ComplaintEvent, timezone: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """One line of the log."""
    what = type(event).__name__.removeprefix("Complaint").lower()
    view: dict[str, Any] = {"at": instant(event.at), "by": event.by, "what": what}
    if (text := texts.get(_ref(event) or "")) is not None:
        view["note"] = text
    match event:
        case events.ComplaintRegistered() | events.ComplaintReclassified():
            view |= {"severity": event.severity, "about": event.about}
        case events.ComplaintExtended():
            view["told"] = event.told
        case events.ComplaintReplied():
            view["written"] = event.written
    due_at = getattr(event, "due_at", None)
    return view if due_at is None else view | {"last_day": last_day(due_at, timezone).isoformat()}


def _own(event: ComplaintEvent, timezone: str, texts: Mapping[str, str], name: str) -> dict[str, Any]:
    """The same for the complainant; its words under that name."""
    view = _entry(event, timezone, texts)
    words = {} if "note" not in view else {name: view["note"]}
    return {member: view[member] for member in ("at", "last_day", "written") if member in view} | words
