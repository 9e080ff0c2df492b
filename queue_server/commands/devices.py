"""`device`: kiosks, screens, announcers and evaluators, each with one token that can be revoked."""

import asyncio
from pathlib import Path
from secrets import token_hex
from typing import get_args

import click

from queue_server.commands.books import books_of
from queue_server.commands.opened import data_option, existing_folder, records_of
from queue_server.engine.clock import wall
from queue_server.records.devices import Device, DeviceRole, new_device_id
from queue_server.records.errors import BadDevice, NoSuchRecord

__all__ = ["device"]


@click.group()
def device() -> None:
    """Manage devices; a running server takes notice within seconds. Who changed which is written into the journal."""


@device.command()
@data_option
@click.argument("hall")
@click.argument("role", type=click.Choice(get_args(DeviceRole)))
@click.option("--counter", type=click.IntRange(1, 999), help="Whose evaluator it is.")
@click.option("--label", default="", help="What people call it.")
def add(data: str | None, hall: str, role: DeviceRole, counter: int | None, label: str) -> None:
    """Add a device of a hall and print its token, once."""

    async def work(folder: Path) -> tuple[Device, str]:
        async with records_of(folder) as records, books_of(folder) as books:
            if hall not in await books.halls():
                raise click.ClickException(f"there is no hall {hall!r}")
            if (role == "evaluator") != (counter is not None):
                raise BadDevice(role, counter)
            id = new_device_id(token_hex(8))
            await books.note_device(hall, id, added=True)
            return await records.devices.create(hall, role, wall(), counter=counter, label=label, id=id)

    made, token = asyncio.run(work(existing_folder(data)))
    click.echo(f"{made.id}\t{token}")


@device.command("list")
@data_option
def list_devices(data: str | None) -> None:
    """List the devices."""

    async def work(folder: Path) -> list[Device]:
        async with records_of(folder) as records:
            return await records.devices.all()

    for found in asyncio.run(work(existing_folder(data))):
        state = "revoked" if found.revoked_at else "good"
        click.echo(f"{found.id}\t{found.hall}\t{found.role}\t{found.counter or ''}\t{found.label}\t{state}")


@device.command()
@data_option
@click.argument("device_id")
def revoke(data: str | None, device_id: str) -> None:
    """Make a device's token useless, for good."""

    async def work(folder: Path) -> None:
        async with records_of(folder) as records, books_of(folder) as books:
            found = await records.devices.get(device_id)
            if found is None:
                raise NoSuchRecord(device_id)
            await books.note_device(found.hall, found.id, added=False)
            await records.devices.revoke(found.id, wall())

    asyncio.run(work(existing_folder(data)))
    click.echo(f"{device_id} is revoked")
