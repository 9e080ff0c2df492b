"""What the terminal shows, as lines of styled text: a pure function of the desk, the words and the time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from counter_client.desk import Desk, possible
from counter_client.keys import KEYS
from counter_client.words import Words
from queue_server.wire.subscriber import Status

__all__ = ["Hall", "Line", "screen"]

Line = list[tuple[str, str]]
"""Runs of (style class, text)."""

SHOWN = 9
"""How many of the line are shown."""

SELDOM = ("resume", "sign-on", "sign-off", "confirm-priority", "withdraw-priority")
"""Commands whose keys are shown only while they make sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """What does not change while one sits there. queues: name by id; prefixes: letter by the queue's id."""

    name: str
    timezone: tzinfo
    queues: Mapping[str, str]
    prefixes: Mapping[str, str]


def screen(
    desk: Desk,
    hall: Hall,
    words: Words,
    now: datetime,
    *,
    who: str,
    locked: bool = False,
    meaning: str = "",
    noted: Sequence[str] = (),
) -> list[Line]:
    """The page.

    now: aware. who: the name of the one signed in. meaning: why the server ended it, once it did. noted: what was done
    for the present ticket.
    """
    return [
        _head(desk, hall, words, now, who),
        _status(desk, hall, words, meaning),
        [],
        *_ticket(desk, hall, words, now),
        *([[("", f"  {words['services']}: {words['listing'].join(noted)}")]] if noted else []),
        [],
        *_line(desk, hall, words, now),
        [],
        *_commands(desk, words, locked),
    ]


def _head(desk: Desk, hall: Hall, words: Words, now: datetime, who: str) -> Line:
    number = desk.counter.get("number", "")
    place = words["counter"].format(number=number) if number else ""
    return [
        ("class:title", f"{hall.name}  {place} {desk.counter.get('name', '')}"),
        ("", f"   {who}   {now.astimezone(hall.timezone):%H:%M}"),
    ]


def _status(desk: Desk, hall: Hall, words: Words, meaning: str) -> Line:
    if meaning:
        return [("class:lost", f"■ {meaning}")]
    if desk.status is Status.LIVE:
        return [("class:live", f"● {words['live']}")]
    if desk.as_of is None:
        return [("class:lost", f"○ {words['connecting']}")]
    return [("class:lost", f"▲ {words['lost'].format(as_of=_clock(desk.as_of, hall))}")]


def _ticket(desk: Desk, hall: Hall, words: Words, now: datetime) -> Iterator[Line]:
    ticket, leg = desk.ticket, desk.leg
    if ticket is None or leg is None:
        yield [("class:state", f"  {_counter_state(desk, hall, words)}")]
        yield []
        return
    since = datetime.fromisoformat(leg.get("started_at") or leg["called_at"])
    yield [
        ("class:number", f"  {' '.join(ticket['number'])}  "),
        ("class:state", f"  {words[ticket['state']]}"),
        ("", f"  {_lasted(now, since)}" if desk.status is Status.LIVE else ""),
    ]
    yield [("", f"  {hall.queues.get(ticket['queue'], '')}"), ("class:priority", _priority(ticket, words))]


def _counter_state(desk: Desk, hall: Hall, words: Words) -> str:
    state: str = desk.counter.get("state", "")
    if not desk.state:
        return ""  # nothing is known yet
    if not desk.on_duty:
        return words["taken"] if "on_duty" in desk.state else words["closed"]
    if state == "away":
        return words["away"].format(back_at=_clock(desk.counter["back_at"], hall))
    return words.get(state, "")


def _line(desk: Desk, hall: Hall, words: Words, now: datetime) -> Iterator[Line]:
    if not desk.on_duty:
        return
    yield [("class:title", f"  {words['waiting'].format(count=desk.waiting) if desk.waiting else words['nobody']}")]
    for entry in desk.line[:SHOWN]:
        waited = int((now - datetime.fromisoformat(entry["issued_at"])).total_seconds()) // 60
        yield [
            ("class:listed", f"    {entry['number']:<6}"),
            ("", f"{words['minutes'].format(count=max(waited, 0))}  {hall.queues.get(entry['queue'], '')}"),
            ("class:priority", _priority(entry, words)),
        ]
    for name, entries in (("held", desk.held), ("absent", desk.absent)):
        if entries:
            yield [("", f"  {words[name]}  "), ("class:listed", "  ".join(entry["number"] for entry in entries))]


def _commands(desk: Desk, words: Words, locked: bool) -> Iterator[Line]:
    shown: Line = []
    for key in KEYS:
        able = possible(key.command, desk, locked=locked)
        if key.command in SELDOM and not able:
            continue
        if key.command == "resume-ticket":
            able = able and bool(desk.held)
        letter = words["space"] if key.letter == " " else key.letter.upper()
        keys = f"{letter} {key.digit}" if key.digit else letter
        shown.append(("class:key" if able else "class:off", f" {keys} {words[key.command]} "))
    shown.append(("class:key", f" {'Ctrl+C' if desk.on_duty else 'Q'} {words['quit']} "))
    for start in range(0, len(shown), 5):
        yield shown[start : start + 5]


def _priority(entry: Mapping[str, Any], words: Words) -> str:
    if "priority" not in entry:
        return ""
    return f"  {words['priority' if entry.get('priority_confirmed') else 'unconfirmed']}"


def _clock(at: str, hall: Hall) -> str:
    return f"{datetime.fromisoformat(at).astimezone(hall.timezone):%H:%M}"


def _lasted(now: datetime, since: datetime) -> str:
    minutes, seconds = divmod(max(int((now - since).total_seconds()), 0), 60)
    return f"{minutes}:{seconds:02}"
