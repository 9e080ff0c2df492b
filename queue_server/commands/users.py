"""`user`: the people who sign in."""

import asyncio
from pathlib import Path
from secrets import token_hex
from typing import get_args

import click

from queue_server.commands.books import books_of
from queue_server.commands.opened import data_option, existing_folder, new_folder, records_of
from queue_server.domain.hall import is_id
from queue_server.records.accounts import Account, Capacity, Role, fold_user, new_account_id
from queue_server.records.errors import UserTaken
from queue_server.records.records import Records

__all__ = ["user"]


@click.group()
def user() -> None:
    """Manage accounts; a running server takes notice within seconds. Who changed whose is written into the journal."""


@user.command()
@data_option
@click.argument("login")
@click.option("--name", required=True, help="As shown on counters and in lists.")
@click.option("--role", type=click.Choice(get_args(Role)), required=True)
@click.option("--hall", "halls", multiple=True, help="Hall id; may be repeated; none for district and admin.")
@click.option("--counter", type=click.IntRange(1, 999), help="The usual counter.")
@click.option("--capacity", type=click.Choice(get_args(Capacity)), help="The usual standing at its post.")
def add(
    data: str | None, login: str, name: str, role: Role, halls: tuple[str, ...], counter: int | None,
    capacity: Capacity | None,
) -> None:  # fmt: skip
    """Add an account and print its random password, once."""

    if wrong := [hall for hall in halls if not is_id(hall)]:
        raise click.UsageError(f"{wrong[0]!r} is no hall's id: it is 1-40 of a-z, 0-9, - and _")
    if bool(halls) == (role in ("district", "admin")):
        raise click.UsageError(f"a {role} belongs to no hall" if halls else f"say where the {role} works, with --hall")
    account = Account(
        id=new_account_id(token_hex(8)), user=fold_user(login), name=name, role=role, halls=halls, counter=counter,
        capacity=capacity,
    )  # fmt: skip
    password = asyncio.run(_add(new_folder(data), account))
    click.echo(f"{account.user} / {password}")


@user.command("list")
@data_option
def list_users(data: str | None) -> None:
    """List the accounts."""

    async def work(folder: Path) -> list[Account]:
        async with records_of(folder) as records:
            return await records.accounts.all()

    for account in asyncio.run(work(existing_folder(data))):
        state = "\tdisabled" if account.disabled else ""
        click.echo(f"{account.user}\t{account.role}\t{account.name}\t{','.join(account.halls)}{state}")


@user.command()
@data_option
@click.argument("login")
def password(data: str | None, login: str) -> None:
    """Give an account a new random password, print it once, and sign the person out everywhere."""

    async def work(folder: Path) -> str:
        async with records_of(folder) as records, books_of(folder) as books:
            account = await _known(records, login)
            await books.note_account(account, "password")
            return await records.accounts.set_password(account.id)

    click.echo(asyncio.run(work(existing_folder(data))))


@user.command()
@data_option
@click.argument("login")
def disable(data: str | None, login: str) -> None:
    """Sign a person out everywhere and refuse further sign-ins."""

    async def work(folder: Path) -> None:
        async with records_of(folder) as records, books_of(folder) as books:
            account = await _known(records, login)
            await books.note_account(account, "disabled")
            await records.accounts.disable(account.id)

    asyncio.run(work(existing_folder(data)))
    click.echo(f"{login} is disabled")


async def _add(folder: Path, account: Account) -> str:
    """Add an account under that id; its password."""
    async with records_of(folder) as records, books_of(folder) as books:
        if await records.accounts.by_user(account.user) is not None:
            raise UserTaken(account.user)
        await books.note_account(account, "added")
        _, password = await records.accounts.create(
            account.user, account.name, account.role,
            halls=account.halls, counter=account.counter, capacity=account.capacity, id=account.id,
        )  # fmt: skip
        return password


async def _known(records: Records, login: str) -> Account:
    account = await records.accounts.by_user(login)
    if account is None:
        raise click.ClickException(f"there is no account {login!r}")
    return account
