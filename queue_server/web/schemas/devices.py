"""Shapes of …/devices and /pairings."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from queue_server.web.schemas.values import CounterNo, Key

__all__ = ["AddDevice", "AskToPair", "DeviceList", "DeviceRole", "DeviceShape", "PairingShape", "PairingState"]

DeviceRole = Literal["kiosk", "screen", "announcer", "evaluator"]


class AskToPair(Struct):
    """POST /pairings. counter: whose evaluator it is."""

    hall: Key
    role: DeviceRole
    counter: CounterNo | None = None


class AddDevice(Struct):
    """POST …/devices. code: on the device's screen; without it role, and counter for an evaluator, are needed."""

    code: Annotated[str, Meta(min_length=1, max_length=16)] | None = None
    label: Annotated[str, Meta(max_length=100)] = ""
    role: DeviceRole | None = None
    counter: CounterNo | None = None


class PairingShape(Struct):
    """A device that asks. id: its secret; code: for its screen; lasts_s: how long the code is good."""

    id: str
    code: str
    lasts_s: int


class PairingState(Struct):
    """Whether a device was let in."""

    state: Literal["waiting", "paired"]
    token: str | UnsetType = UNSET


class DeviceShape(Struct, kw_only=True):
    """A device. token: told once, when it was made without a code."""

    id: str
    role: str
    label: str
    created_at: datetime
    counter: int | UnsetType = UNSET
    last_seen_at: datetime | UnsetType = UNSET
    token: str | UnsetType = UNSET


class DeviceList(Struct):
    """The devices of a hall."""

    devices: list[DeviceShape]
