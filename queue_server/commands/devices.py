"""`device`: kiosks, screens, announcers and evaluators, each with one token that can be revoked."""

import asyncio
from secrets import token_hex
from typing import get_args

import click

from queue_server.commands.books import books_of
from queue_server.commands.opened import existing, records_of
from queue_server.commands.options import on_stores
from queue_server.engine.clock import wall
from queue_server.records.devices import Device, DeviceRole, new_device_id
from queue_server.records.errors import BadDevice, NoSuchRecord
from queue_server.settings import Settings

__all__ = ["device"]


@click.group()
def device() -> None:
    """Manage devices; a running server takes notice within seconds. Who changed which is written into the journal."""


@device.command()
@on_stores
@click.argument("hall")
@click.argument("role", type=click.Choice(get_args(DeviceRole)))
@click.option("--counter", type=click.IntRange(1, 999), help="Whose evaluator it is.")
@click.option("--label", default="", help="What people call it.")
def add(settings: Settings, hall: str, role: DeviceRole, counter: int | None, label: str) -> None:
    """Add a device of a hall and print its token, once."""

    async def work() -> tuple[Device, str]:
        async with records_of(existing(settings)) as records, books_of(settings) as books:
            if hall not in await books.halls():
                raise click.ClickException(f"there is no hall {hall!r}")
            if (role == "evaluator") != (counter is not None):
                raise BadDevice(role, counter)
            id = new_device_id(token_hex(8))
            await books.note_device(hall, id, added=True)
            return await records.devices.create(hall, role, wall(), counter=counter, label=label, id=id)

    made, token = asyncio.run(work())
    click.echo(f"{made.id}\t{token}")


@device.command("list")
@on_stores
def list_devices(settings: Settings) -> None:
    """List the devices."""

    async def work() -> list[Device]:
        async with records_of(existing(settings)) as records:
            return await records.devices.all()

    for found in asyncio.run(work()):
        state = "revoked" if found.revoked_at else "good"
        click.echo(f"{found.id}\t{found.hall}\t{found.role}\t{found.counter or ''}\t{found.label}\t{state}")


@device.command()
@on_stores
@click.argument("device_id")
def revoke(settings: Settings, device_id: str) -> None:
    """Make a device's token useless, for good."""

    async def work() -> None:
        async with records_of(existing(settings)) as records, books_of(settings) as books:
            found = await records.devices.get(device_id)
            if found is None:
                raise NoSuchRecord(device_id)
            await books.note_device(found.hall, found.id, added=False)
            await records.devices.revoke(found.id, wall())

    asyncio.run(work())
    click.echo(f"{device_id} is revoked")
