"""/setup: the first account of a server that has none, made by whoever reads the code that the server printed."""

import secrets
from hmac import compare_digest

from queue_server.records.accounts import Account, new_account_id
from queue_server.records.errors import BadUser, UserTaken, WeakPassword
from queue_server.web import schemas
from queue_server.web.access import EVERYONE
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.phone_limits import place_of
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import digits_for
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "offer_first_account"]


async def offer_first_account(server: Server) -> str | None:
    """A fresh code that lets its reader make the first account; None when there is an account already."""
    server.first_code = None if await server.records.accounts.all() else secrets.token_hex(8)
    return server.first_code


async def first_account(call: Call) -> Reply:
    """Make the administrator. The code is good once, and as long as nobody has an account."""
    server, place = call.server, place_of(call.address)
    wait_s = server.sign_ins.attempt(place, place, server.monotonic())
    if wait_s > 0:
        raise ProblemError("too_many", wait_s=int(wait_s) + 1)
    id = new_account_id(digits_for(server.secret, f"first account {call.command_id} {call.fingerprint}"))
    async with server.setting_up:
        account = await server.records.accounts.get(id) or await _make(call, id)
    server.sign_ins.succeeded(place, place)
    return Reply({"user": account.user, "name": account.name})


async def _make(call: Call, id: str) -> Account:
    server, asked = call.server, call.body
    if server.first_code is None or await server.records.accounts.all():
        raise ProblemError("already_set_up")
    if not compare_digest(server.first_code.encode(), asked.code.strip().encode()):
        raise ProblemError("first_code_wrong")
    try:
        account, _ = await server.records.accounts.create(
            asked.user, asked.name, "admin", password=asked.password, id=id
        )
    except BadUser as error:
        raise ProblemError("bad_user") from error
    except WeakPassword as error:
        raise ProblemError("weak_password") from error
    except UserTaken as error:  # by the command line, at the same moment
        raise ProblemError("already_set_up") from error
    server.first_code = None
    return account


OPERATIONS = (
    Operation(
        method="POST", path="/setup", summary="Make the first account", handler=first_account, who=EVERYONE,
        body=schemas.FirstAccount, result=schemas.FirstAccountShape, status=201,
        codes=("already_set_up", "first_code_wrong", "bad_user", "weak_password", "too_many"),
    ),
)  # fmt: skip
