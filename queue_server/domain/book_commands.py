"""What can be asked of a hall's book. The rules of `commands` hold here too."""

from queue_server.domain.book_events import AbsenceKind, AccountChange, DeviceChange
from queue_server.domain.commands import Command
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall

__all__ = ["BookCommand"]


class ConfigureHall(Command, frozen=True, kw_only=True):
    """Set the hall up, whole. instead_of: the set-up that was looked at when this one was made; None for any."""

    hall: Hall
    instead_of: Hall | None = None


class NoteAccount(Command, frozen=True, kw_only=True):
    """Write down that an account was changed; records/ has it already."""

    account: str
    change: AccountChange


class NoteDevice(Command, frozen=True, kw_only=True):
    """Write down that a device was changed; records/ has it already."""

    device: str
    change: DeviceChange


# Posts


class ReportAbsence(Command, frozen=True, kw_only=True):
    """Report that a clerk will not be there. absence: a new id; first, last: both included."""

    absence: str
    clerk: str
    first: HalfDay
    last: HalfDay
    kind: AbsenceKind
    reason_ref: str | None = None


class WithdrawAbsence(Command, frozen=True, kw_only=True):
    """The clerk is there after all, from the half day on that it is now."""

    absence: str
    current: HalfDay


class OfDeputy(Command, frozen=True, kw_only=True):
    """Anything about who stands in at a post during an absence. first, last: of a part of it; None: from its start, to
    its end.
    """

    absence: str
    post: str
    first: HalfDay | None = None
    last: HalfDay | None = None


class ConfirmDeputy(OfDeputy, frozen=True, kw_only=True):
    """Confirm who stands in."""

    deputy: str


class WithdrawDeputy(OfDeputy, frozen=True, kw_only=True):
    """Nobody is to stand in any more."""


class GiveHandover(Command, frozen=True, kw_only=True):
    """Hand a post over. handover: a new id; numbers: of the tickets that are open."""

    handover: str
    post: str
    giver: str
    taker: str
    numbers: tuple[str, ...] = ()
    note_ref: str | None = None


class TakeHandover(Command, frozen=True, kw_only=True):
    """Take a post over, by whom it was given to."""

    handover: str


BookCommand = (
    ConfigureHall
    | NoteAccount
    | NoteDevice
    | ReportAbsence
    | WithdrawAbsence
    | ConfirmDeputy
    | WithdrawDeputy
    | GiveHandover
    | TakeHandover
)
"""Everything that may be asked of the stream `book`."""
