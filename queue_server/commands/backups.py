"""`backup` and `restore`: a place's two stores, copied to files while servers work, and put back into a folder."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from queue_server.commands.moving import copy_halls
from queue_server.commands.opened import existing, journal_of, records_of, to_be_made
from queue_server.commands.options import on_stores
from queue_server.commands.places import opened_place
from queue_server.engine.clock import wall
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite import SqliteJournal
from queue_server.journal.sqlite_file import copy_live
from queue_server.new_file import new_file
from queue_server.settings import Settings
from queue_server.stores import where

__all__ = ["backup", "restore"]

STORES = ("journal.db", "records.db")


@click.command()
@on_stores
@click.argument("target", type=click.Path(path_type=Path))
def backup(settings: Settings, target: Path) -> None:
    """Copy what a data folder or a Redis holds to the new folder TARGET, also while servers work.

    The servers' own secrets stay behind: a restored one draws new ones.
    """
    asyncio.run(_backup(existing(settings), target))
    click.echo(f"copied to {target}")


@click.command()
@on_stores
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(settings: Settings, source: Path) -> None:
    """Put the backup SOURCE into a data folder that is empty or new.

    Every history gets a new epoch, so that screens that saw what came after the backup start afresh.
    """
    if settings.store:
        raise click.ClickException(f"restore into a data folder, and move that to {where(settings)}")
    folder = to_be_made(settings).folder
    _restore(source, folder)
    click.echo(f"restored to {folder}")


async def _backup(settings: Settings, target: Path) -> None:
    async with journal_of(settings):  # it is there
        await asyncio.to_thread(target.mkdir, mode=0o700, parents=True)
    if not settings.store:
        await _copy(settings, target)
        return
    with TemporaryDirectory(prefix=".partial-", dir=target) as folder:
        copied = Settings(data=folder)
        async with opened_place(settings) as source, opened_place(copied) as copy:
            await copy_halls(source, copy, wall())
        await _copy(copied, target)


async def _copy(settings: Settings, target: Path) -> None:
    """A data folder's two files."""
    # The journal first: the records are then as new or newer, so that every note it refers to is there.
    await SqliteJournal(DataFolder(settings.folder).journal).backup(target / STORES[0])
    async with records_of(settings) as records:
        await records.backup(target / STORES[1])


def _restore(source: Path, folder: Path) -> None:
    journal, records = (source / store for store in STORES)
    for store in (journal, records):  # a backup that broke off has one of them
        if not store.exists():
            raise click.ClickException(f"{source} is no backup: there is no {store.name} in it")
    with DataFolder(folder) as data:
        if any(file.suffix != ".lock" for file in folder.iterdir()):
            raise click.ClickException(f"{folder} is not empty: restore into a new folder")
        with new_file(folder / records.name) as copy:
            shutil.copyfile(records, copy)
        copy_live(journal, data.journal)  # without epochs: the first start draws new ones
