"""`backup` and `restore`: a data folder's two stores, copied while a server works, and put back."""

import asyncio
import shutil
from pathlib import Path

import click

from queue_server.commands.opened import data_option, journal_of, records_of, settings_folder
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite import SqliteJournal

__all__ = ["backup", "restore"]

STORES = ("journal.db", "records.db")


@click.command()
@data_option
@click.argument("target", type=click.Path(path_type=Path))
def backup(data: str | None, target: Path) -> None:
    """Copy a data folder to the new folder TARGET, also while its server works."""
    target.mkdir(mode=0o700, parents=True)
    asyncio.run(_backup(settings_folder(data), target))
    click.echo(f"copied to {target}")


@click.command()
@data_option
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(data: str | None, source: Path) -> None:
    """Put the backup SOURCE into a data folder that is empty or new.

    Every history gets a new epoch, so that screens that saw what came after the backup start afresh.
    """
    folder = settings_folder(data)
    halls = asyncio.run(_restore(source, folder))
    click.echo(f"restored {halls} hall(s) to {folder}")


async def _backup(folder: Path, target: Path) -> None:
    # The journal first: the records are then as new or newer, so that every note it refers to is there.
    async with journal_of(folder) as journal:
        await journal.backup(target / STORES[0])
    async with records_of(folder) as records:
        await records.backup(target / STORES[1])


async def _restore(source: Path, folder: Path) -> int:
    if not (source / STORES[0]).exists():
        raise click.ClickException(f"{source} is no backup: there is no {STORES[0]} in it")
    with DataFolder(folder) as data:
        if any((folder / store).exists() for store in STORES):
            raise click.ClickException(f"{folder} holds data already: restore into an empty folder")
        for store in STORES:
            if (source / store).exists():
                shutil.copyfile(source / store, folder / store)
                (folder / store).chmod(0o600)
        journal = SqliteJournal(data.journal)
        await journal.open()
        try:
            streams = await journal.streams()
            for stream in streams:
                await journal.renew_epoch(stream)
        finally:
            await journal.close()
    return len({stream.hall for stream in streams})
