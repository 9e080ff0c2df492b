"""A hall screen 大屏: what it shows of the hall, and how."""

import re
from collections.abc import Collection, Iterator
from typing import Literal

from queue_server.domain.fault import Fault
from queue_server.domain.value import Value

__all__ = ["Layout", "Screen", "ScreenPage", "faults_of_screen"]

Layout = Literal["auto", "landscape", "portrait", "strip"]
ScreenPage = Literal["services", "guides", "duty", "phones", "results"]
"""Public information 政务公开: what is done where, what to bring, who is on duty, whom to phone, what was achieved."""


class Screen(Value, frozen=True, kw_only=True):
    """One hall screen, at `/screen/{hall}?screen={id}`.

    layout: "auto" follows the window's shape. queues: ids; areas: of the counters; it shows the calls of these queues
    at counters in these areas, and everything where none is named. pages: shown between calls, each for page_s.
    voice: whether its browser speaks the calls that it shows.
    """

    id: str
    name: str = ""
    layout: Layout = "auto"
    theme: Literal["light", "dark"] = "light"
    queues: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    pages: tuple[ScreenPage, ...] = ()
    page_s: int = 12
    voice: bool = False


_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LEAST_S, _MOST_S = 4, 120  # sooner nobody has read a page, later nobody has seen the next one


def faults_of_screen(key: str, screen: Screen, queues: Collection[str], areas: Collection[str]) -> Iterator[Fault]:
    """Everything that makes a screen's set-up unusable in a hall of these queues and areas."""
    place = f"screens.{key}"
    if key != screen.id or not _ID.fullmatch(key):
        yield Fault(place, "key_wrong")
    for queue in screen.queues:
        if queue not in queues:
            yield Fault(f"{place}.queues", "queue_unknown", {"value": queue})
    for area in screen.areas:
        if area not in areas:
            yield Fault(f"{place}.areas", "area_unknown", {"value": area})
    if not _LEAST_S <= screen.page_s <= _MOST_S:
        yield Fault(f"{place}.page_s", "seconds_wrong", {"least": _LEAST_S, "most": _MOST_S})
