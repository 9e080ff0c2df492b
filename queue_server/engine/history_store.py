"""Where what the settled days of all halls add up to is kept, by day and by month: the contract of its stores.

They hold nothing that the journal does not say: what is lost is made again. After a crash a store may be behind the
journal, but never wrong: a hall's place and the cells that belong to it are written together. Several servers may write
to one: each says what it went on from, and whoever comes second writes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from msgspec import Struct

from queue_server.projections.history_cells import Cells, Span, month_period

__all__ = ["Found", "HistoryStore", "Kept", "Names", "Opening", "Place", "Standing", "by_month", "reaches"]

Place = tuple[str, date | None]
"""Which history, and up to which business day: what decides which cells there are. None: up to none."""


class Names(Struct, frozen=True):
    """What a hall's keys are called, of all set-ups that it had."""

    queues: dict[str, str] = {}
    counters: dict[int, str] = {}
    posts: dict[str, str] = {}


class Opening(Struct, frozen=True):
    """The opening of a business day, as the last event of its batch names it: seq, and the stream's tip there."""

    day: date
    seq: int
    tip: str


class Kept(Struct, frozen=True, kw_only=True):
    """How far a hall is in the store.

    through: the last business day in it, None while there is none. seq: of its `day`, before the opening of the first
    day that is not, which is where reading goes on. opening: the last one that was read, None while none was. The cells
    follow from the events up to there alone, and no other day will settle until the next one. since: of days before it
    there are the months' cells alone; None: there are those of all days.
    """

    epoch: str
    through: date | None = None
    seq: int = 0
    opening: Opening | None = None
    since: date | None = None
    names: Names = Names()

    @property
    def place(self) -> Place:
        """Up to where the cells go."""
        return self.epoch, self.through

    def has_opened(self, day: date | None) -> bool:
        """Whether that day is the last one of which the opening was read."""
        return self.opening is not None and self.opening.day == day


class Standing(Struct, frozen=True, kw_only=True):
    """The days after `through`, which are not among the cells, as they stood at `seq` of the stream `day`."""

    epoch: str
    seq: int
    through: date | None
    names: Names
    days: dict[date, dict[int, bytes]]

    @property
    def place(self) -> Place:
        """Up to where the cells go that it belongs to."""
        return self.epoch, self.through


class Found(NamedTuple):
    """Cells, each with its period, and since when there are those of days; None: of all."""

    cells: list[tuple[int, bytes]]
    since: date | None


class HistoryStore(Protocol):
    """A store of cells. Whatever it is asked raises Unavailable when it cannot answer.

    It may let go of the cells of days long past, which the journal can tell, and says so; those of months stay.

    It keeps the cells of one version of their meaning; what another one has left is as if it were not there.
    """

    async def open(self) -> None:
        """Make ready."""

    async def close(self) -> None:
        """Let go of what it works with."""

    async def kept(self, hall: str) -> Kept | None:
        """How far a hall is; None when nothing of it is of use."""

    async def begin(self, hall: str, before: Kept | None, kept: Kept) -> bool:
        """Take out whatever there is of a hall, and begin anew. False, and nothing is done, when the hall is not at the
        place any more at which it was `before`.
        """

    async def add(self, hall: str, before: Kept, kept: Kept, days: Mapping[date, Cells]) -> bool:
        """Add settled days, and with them say how far the hall is now. False, and nothing is written, likewise."""

    async def standing(self, hall: str) -> Standing | None:
        """What was last put away of a hall's other days; None when nothing was since its last place."""

    async def put_away(self, hall: str, standing: Standing) -> None:
        """Keep the other days of a hall, for when nobody has it in memory; not if the hall is at another place."""

    async def cells(self, hall: str, place: Place, grouping: int, spans: Sequence[Span]) -> Found | None:
        """The cells of a grouping. None when the hall's cells are those of another history, or do not go as far as
        `place`: it was begun anew.
        """


def by_month(days: Mapping[date, Cells]) -> Iterator[tuple[int, int, list[bytes]]]:
    """What days bring to the months' cells: grouping, month, and the cells to add."""
    months: dict[tuple[int, int], list[bytes]] = {}
    for day, cells in days.items():
        for grouping, figures in cells.items():
            months.setdefault((grouping, month_period(day)), []).append(figures)
    return ((grouping, month, parts) for (grouping, month), parts in months.items())


def reaches(kept: Kept | None, place: Place) -> bool:
    """Whether the cells of that place are among those that are kept."""
    epoch, through = place
    if kept is None or kept.epoch != epoch:
        return False
    return through is None or (kept.through is not None and kept.through >= through)
