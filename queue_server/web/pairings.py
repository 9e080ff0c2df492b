"""Devices that ask to be let in, each with a code on its screen: soft state of this process, gone after ten minutes."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from queue_server.records.devices import DeviceRole

__all__ = ["LASTS_S", "Pairing", "Pairings"]

LASTS_S = 600.0
"""How long a code is good."""

MOST = 200
"""Devices that may ask at once; the oldest gives way. A hall has a dozen, and they ask once in their lives."""

DIGITS = 6


@dataclass(slots=True, kw_only=True)
class Pairing:
    """One device that asks. id: its secret; code: what its screen shows. token: once it was let in."""

    id: str
    code: str
    hall: str
    role: DeviceRole
    counter: int | None
    until: float  # monotonic s
    token: str | None = None
    let_in_by: str | None = None  # the command that did


class Pairings:
    """All that ask now. Times (`now`) are monotonic seconds."""

    def __init__(self) -> None:
        self._by_id: dict[str, Pairing] = {}  # oldest first

    def ask(self, hall: str, role: DeviceRole, counter: int | None, now: float) -> Pairing:
        """A device asks: it gets a code that no other device shows."""
        self._forget(now)
        if len(self._by_id) == MOST:
            del self._by_id[next(iter(self._by_id))]
        shown = {pairing.code for pairing in self._by_id.values()}
        pairing = Pairing(
            id=secrets.token_urlsafe(16),
            code=next(code for code in _codes() if code not in shown),
            hall=hall,
            role=role,
            counter=counter,
            until=now + LASTS_S,
        )
        self._by_id[pairing.id] = pairing
        return pairing

    def find(self, id: str, now: float) -> Pairing | None:
        """The pairing of a device that knows its secret; None when its time is over."""
        self._forget(now)
        return self._by_id.get(id)

    def with_code(self, hall: str, code: str, now: float) -> Pairing | None:
        """Who shows that code in that hall, let in or not yet; None for nobody."""
        self._forget(now)
        asked = code.replace(" ", "")
        return next((p for p in self._by_id.values() if p.hall == hall and p.code == asked), None)

    def _forget(self, now: float) -> None:
        for id in [id for id, pairing in self._by_id.items() if pairing.until <= now]:
            del self._by_id[id]


def _codes() -> Iterator[str]:
    while True:
        yield f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
