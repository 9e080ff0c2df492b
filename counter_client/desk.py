"""What a clerk's desk shows and lets her press, as pure values. Its twin in the browser is `static/clerk_rules.js`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from queue_server.wire.subscriber import Status

__all__ = ["COMMANDS", "Desk", "possible"]

COMMANDS = (
    "next", "recall", "start", "services", "finish", "no-show", "hold", "resume-ticket", "transfer", "call",
    "serve-now", "pause", "resume", "sign-on", "sign-off",
)  # fmt: skip
"""What can be done at a counter, by the last part of its address; "services" notes what *finish* will tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A counter as it was last known.

    on_duty: whether we are; then `state` is that of the topic `desk.{n}`, else that of `counter.{n}`, empty before
    anything is known. status: how far it may be trusted. as_of: the server's time (RFC 3339) at which it was last known
    to be true, None before.
    """

    on_duty: bool = False
    state: Mapping[str, Any]
    status: Status = Status.CONNECTING
    as_of: str | None = None

    @property
    def counter(self) -> Mapping[str, Any]:
        """`number, name, kind, state, queues, back_at?`; empty before anything is known."""
        found: Mapping[str, Any] = self.state.get("counter", {}) if self.on_duty else self.state
        return found

    @property
    def ticket(self) -> Mapping[str, Any] | None:
        """The ticket that was called or is being served here; None while there is none, or while we are off duty."""
        return self.state.get("ticket") if self.on_duty else None

    @property
    def leg(self) -> Mapping[str, Any] | None:
        """The present leg of `ticket`."""
        legs = self.ticket and self.ticket["legs"]
        return legs[max(legs, key=int)] if legs else None

    @property
    def waiting(self) -> int:
        """How many wait in the counter's queues."""
        return sum(self.state.get("waiting", {}).values()) if self.on_duty else 0

    @property
    def line(self) -> list[Mapping[str, Any]]:
        """The next in line, in their order: `number, queue, issued_at, why, service?, priority?, …`."""
        return sorted(self._all("line"), key=lambda entry: entry["place"])

    @property
    def held(self) -> list[Mapping[str, Any]]:
        """Tickets that were put on hold: `number, queue, counter`."""
        return sorted(self._all("held"), key=lambda entry: entry["number"])

    @property
    def absent(self) -> list[Mapping[str, Any]]:
        """Tickets that were missed, with their `id`: `number, queue, absences`."""
        return sorted(self._all("absent"), key=lambda entry: entry["number"])

    def _all(self, name: str) -> list[Mapping[str, Any]]:
        found = self.state.get(name, {}) if self.on_duty else {}
        return [{"id": ticket, **entry} for ticket, entry in found.items()]


def possible(command: str, desk: Desk, *, locked: bool = False, recalls_max: int | None = None) -> bool:
    """Whether a command makes sense now. The server decides; this keeps keys from promising what it would refuse.

    locked: the counter called so recently that a second press must be a slip. recalls_max: None when not known.
    """
    if desk.status is not Status.LIVE:
        return False
    if not desk.on_duty:
        return command == "sign-on" and "on_duty" not in desk.state
    ticket, paused = desk.ticket, desk.counter.get("state") != "open"
    now = None if ticket is None else ticket["state"]
    match command:
        case "next":
            return not paused and not locked  # with a ticket open it is asked what becomes of it
        case "recall":
            recalls = desk.leg["recalls"] if desk.leg else 0
            return now == "called" and (recalls_max is None or recalls < recalls_max)
        case "start" | "no-show":
            return now == "called"
        case "finish" | "hold" | "transfer" | "services":
            return now == "serving"
        case "call" | "serve-now" | "resume-ticket":
            return ticket is None and not paused
        case "sign-off":
            return ticket is None
        case "pause":
            return not paused
        case "resume":
            return paused
        case "confirm-priority":
            return ticket is not None and "priority" in ticket and not ticket.get("priority_confirmed")
        case "withdraw-priority":
            return ticket is not None and "priority" in ticket
        case "put-back":
            return bool(desk.absent)
        case "paper":
            return True
        case _:
            return False
