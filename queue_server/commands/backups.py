"""`backup` and `restore`: a data folder's two stores, copied while a server works, and put back."""

import asyncio
import shutil
from pathlib import Path

import click

from queue_server.commands.opened import data_option, existing_folder, journal_of, new_folder, records_of
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.sqlite_file import copy_live
from queue_server.new_file import new_file

__all__ = ["backup", "restore"]

STORES = ("journal.db", "records.db")


@click.command()
@data_option
@click.argument("target", type=click.Path(path_type=Path))
def backup(data: str | None, target: Path) -> None:
    """Copy a data folder to the new folder TARGET, also while its server works.

    The server's own secrets stay behind: a restored one draws new ones.
    """
    folder = existing_folder(data)
    if not DataFolder(folder).journal.exists():
        raise click.ClickException(f"there is no journal in {folder}")
    target.mkdir(mode=0o700, parents=True)
    asyncio.run(_backup(folder, target))
    click.echo(f"copied to {target}")


@click.command()
@data_option
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(data: str | None, source: Path) -> None:
    """Put the backup SOURCE into a data folder that is empty or new.

    Every history gets a new epoch, so that screens that saw what came after the backup start afresh.
    """
    folder = new_folder(data)
    _restore(source, folder)
    click.echo(f"restored to {folder}")


async def _backup(folder: Path, target: Path) -> None:
    # The journal first: the records are then as new or newer, so that every note it refers to is there.
    async with journal_of(folder) as journal:
        await journal.backup(target / STORES[0])
    async with records_of(folder) as records:
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
