"""Shapes of …/setup and its files, of a new hall, and of who changed what."""

from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from queue_server.web.schemas.values import Key, Version

__all__ = ["ChangeShape", "Changes", "NewHall", "NewSetup", "Setup", "TakenIn"]


class NewSetup(Struct):
    """POST …/setup. version: of the set-up that was looked at; setup: as GET answers it, changed."""

    version: Version
    setup: dict[str, Any]


class NewHall(Struct):
    """POST /halls. setup: as GET …/setup answers it."""

    id: Key
    setup: dict[str, Any]


class Setup(Struct):
    """A hall's set-up. setup: docs/operations.md names its members."""

    version: int
    setup: dict[str, Any]


class TakenIn(Struct):
    """A file that was taken in. version: of the set-up that it became."""

    version: int


class ChangeShape(Struct, kw_only=True):
    """One change. by: an account's id, or "console:" and who typed on the command line, "" for the demo; subject: whose
    account, which device.
    """

    at: datetime
    by: str
    by_name: str
    what: str
    fields: list[str] | UnsetType = UNSET
    subject: str | UnsetType = UNSET
    subject_name: str | UnsetType = UNSET


class Changes(Struct):
    """Changes, newest first."""

    changes: list[ChangeShape]
