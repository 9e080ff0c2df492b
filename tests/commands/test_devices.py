"""`device`: tokens from the command line."""

import asyncio
from pathlib import Path

import pytest

from queue_server.engine.clock import wall
from queue_server.records.devices import Device
from queue_server.records.records import Records
from queue_server.records.sqlite import SqliteRecordStore
from tests.commands.conftest import Jiaohao


def holder(data: Path, token: str) -> Device | None:
    """The device that the token stands for."""

    async def look() -> Device | None:
        records = Records(SqliteRecordStore(data / "records.db"))
        await records.open()
        try:
            identity = await records.identify(token, wall())
            return None if identity is None else await records.devices.get(identity.id)
        finally:
            await records.close()

    return asyncio.run(look())


@pytest.fixture
def station(jiaohao: Jiaohao, hall_file: Path) -> None:
    """A hall to have devices in."""
    assert jiaohao("hall", "create", hall_file).exit_code == 0


@pytest.mark.usefixtures("station")
def test_a_token_is_printed_once_and_works_until_it_is_revoked(jiaohao: Jiaohao, data: Path) -> None:
    """It stands for the device, and then for nobody."""
    made = jiaohao("device", "add", "station", "evaluator", "--counter", "1", "--label", "一号窗口")
    device_id, token = made.stdout.split()
    device = holder(data, token)
    assert device is not None
    assert (device.id, device.hall, device.role, device.counter) == (device_id, "station", "evaluator", 1)
    assert jiaohao("device", "list").stdout == f"{device_id}\tstation\tevaluator\t1\t一号窗口\tgood\n"

    assert jiaohao("device", "revoke", device_id).stdout == f"{device_id} is revoked\n"
    assert holder(data, token) is None
    assert jiaohao("device", "list").stdout.endswith("\trevoked\n")


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "nowhere", "kiosk"], "there is no hall 'nowhere'"),
        (["add", "station", "evaluator"], "an evaluator belongs to a counter"),
        (["add", "station", "kiosk", "--counter", "1"], "a device for kiosk belongs to no counter"),
        (["revoke", "d_0"], "nothing has the id 'd_0'"),
    ],
)
def test_what_cannot_be_done_is_said(jiaohao: Jiaohao, arguments: list[str], says: str) -> None:
    """In one sentence, with exit code 1."""
    result = jiaohao("device", *arguments)
    assert result.exit_code == 1
    assert says in result.stderr
