"""Devices: creating, listing, revoking."""

import re
from datetime import timedelta

import pytest

from queue_server.records.devices import Device, DeviceRole
from queue_server.records.errors import BadDevice, NoSuchRecord
from queue_server.records.records import Records
from tests.records.conftest import NOW


async def test_a_created_device_is_listed_in_its_hall(records: Records) -> None:
    kiosk, _ = await records.devices.create("town", "kiosk", NOW, label="门口")
    evaluator, _ = await records.devices.create("town", "evaluator", NOW, counter=3)
    screen, _ = await records.devices.create("village", "screen", NOW)
    assert re.fullmatch(r"d_[0-9a-f]{16}", kiosk.id)
    assert kiosk == Device(id=kiosk.id, hall="town", role="kiosk", label="门口", created_at=NOW)
    assert evaluator.counter == 3
    assert await records.devices.all("town") == [kiosk, evaluator]
    assert await records.devices.all() == [kiosk, evaluator, screen]
    assert await records.devices.get(kiosk.id) == kiosk
    assert await records.devices.get("d_unknown") is None


@pytest.mark.parametrize(("role", "counter"), [("evaluator", None), ("kiosk", 1), ("screen", 1), ("announcer", 1)])
async def test_an_evaluator_has_a_counter_and_nothing_else_has(
    records: Records, role: DeviceRole, counter: int | None
) -> None:
    with pytest.raises(BadDevice) as refusal:
        await records.devices.create("town", role, NOW, counter=counter)
    assert (refusal.value.role, refusal.value.counter) == (role, counter)
    assert await records.devices.all() == []


async def test_a_revoked_device_is_refused_at_once_and_stays_listed(records: Records) -> None:
    device, token = await records.devices.create("town", "kiosk", NOW)
    _, other_token = await records.devices.create("town", "kiosk", NOW)
    assert await records.identify(token, NOW)
    await records.devices.revoke(device.id, NOW)
    assert await records.identify(token, NOW) is None
    assert await records.identify(other_token, NOW)
    assert [listed.revoked_at for listed in await records.devices.all("town")] == [NOW, None]
    await records.devices.revoke(device.id, NOW + timedelta(hours=1))  # once more does no harm
    with pytest.raises(NoSuchRecord):
        await records.devices.revoke("d_unknown", NOW)
