"""What can be asked of a hall's book. The rules of `commands` hold here too."""

from queue_server.domain.book_events import AccountChange, DeviceChange
from queue_server.domain.commands import Command
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


BookCommand = ConfigureHall | NoteAccount | NoteDevice
"""Everything that may be asked of the stream `book`."""
