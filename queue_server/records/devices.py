"""Devices: kiosks, screens, announcers and evaluators, each with one revocable token."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from queue_server.records.errors import BadDevice, NoSuchRecord
from queue_server.records.tokens import hash_token, new_token

__all__ = ["Device", "DeviceRole", "DeviceStore", "Devices", "new_device_id"]

DeviceRole = Literal["kiosk", "screen", "announcer", "evaluator"]


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One device of a hall."""

    id: str  # "d_" and 16 hex digits
    hall: str
    role: DeviceRole
    counter: int | None = None  # whose evaluator it is; None for the other roles
    label: str = ""  # what people call it
    created_at: datetime
    revoked_at: datetime | None = None  # None while its token is good
    last_seen: datetime | None = None  # last use, late by a minute at most; None before the first


def new_device_id(digits: str) -> str:
    """A device's id from 16 hex digits."""
    return f"d_{digits}"


class DeviceStore(Protocol):
    """What devices need of a store. Guarantees: see `base`."""

    async def add_device(self, device: Device, token_hash: str) -> None:
        """Add a device with the hash of its token."""

    async def device(self, id: str) -> Device | None:
        """Return the device, revoked or not; None when there is none."""

    async def all_devices(self, hall: str | None) -> list[Device]:
        """Return the devices of `hall` (None: of all halls), oldest first, revoked ones among them."""

    async def revoke_device(self, id: str, at: datetime) -> bool:
        """Make the device's token useless from now on; False when there is no such device. The first time counts."""


class Devices:
    """The devices of one store. `revoked`: called after every revocation, so that no cache outlives it."""

    def __init__(self, store: DeviceStore, revoked: Callable[[], None]) -> None:
        self._store = store
        self._revoked = revoked

    async def create(
        self,
        hall: str,
        role: DeviceRole,
        now: datetime,
        *,
        counter: int | None = None,
        label: str = "",
        id: str | None = None,
        token: str | None = None,
    ) -> tuple[Device, str]:
        """Add a device and return it with its token, which is shown only here.

        `counter`: for an evaluator, and for no other role; else BadDevice. `id`, `token`: of `new_device_id` and
        `tokens`; None for fresh ones.
        """
        if (role == "evaluator") != (counter is not None):
            raise BadDevice(role, counter)
        device = Device(
            id=id or new_device_id(secrets.token_hex(8)),
            hall=hall,
            role=role,
            counter=counter,
            label=label,
            created_at=now,
        )
        token = token or new_token()
        await self._store.add_device(device, hash_token(token))
        return device, token

    async def get(self, id: str) -> Device | None:
        """Return the device, revoked or not; None when there is none."""
        return await self._store.device(id)

    async def all(self, hall: str | None = None) -> list[Device]:
        """Return the devices of `hall` (None: of all halls), oldest first, revoked ones among them."""
        return await self._store.all_devices(hall)

    async def revoke(self, id: str, now: datetime) -> None:
        """Make the device's token useless, for good. Raises NoSuchRecord."""
        try:
            found = await self._store.revoke_device(id, now)
        finally:
            self._revoked()  # also when it failed: it may have happened
        if not found:
            raise NoSuchRecord(id)
