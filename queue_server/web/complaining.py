"""…/complain, …/complaint/{code}: what anybody brings up by themselves, and what they are shown of it afterwards.

Whoever sends one in is nobody here, signed in or not: staff who complain are as anonymous as everybody else.
"""

from queue_server.domain import book_commands as commands
from queue_server.domain.complaint import Complaint
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.records.tokens import hash_token
from queue_server.web import complaint_views as views
from queue_server.web import schemas
from queue_server.web.access import EVERYONE
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.complaints import set_up, taken
from queue_server.web.phone_limits import place_of
from queue_server.web.problems import ProblemError
from queue_server.web.repeatable import complaint_code, digits_for

__all__ = ["OPERATIONS", "complaint_shown_by"]

MISREAD = str.maketrans("018", "OIB", " -")
"""What no code has, typed for what it looks like; and what parts its groups."""


async def complain(call: Call) -> Reply:
    """Bring something up. A repeated request is not counted again."""
    asked: schemas.Complain = call.body
    server = call.server
    if not call.runner.books.knows(call.command_id):
        wait_s = await server.complaint_calls.attempt(place_of(call.address), call.runner.id)
        if wait_s > 0:
            raise ProblemError("too_many", wait_s=int(wait_s) + 1)
    command = commands.RegisterComplaint(
        by="public",
        complaint=f"c_{digits_for(server.secret, call.command)}",
        channel="qr" if asked.scanned else "online",
        severity="general",
        about=asked.about,
        kind_of=day_kind,
        text_ref=await call.note("complaint_text", asked.text) or "",
        counter=asked.counter,
        code_hash=hash_token(complaint_code(server.secret, call.command)),
        name_ref=await call.note("complaint_name", asked.name),
        phone_ref=await call.note("complaint_phone", asked.phone),
    )
    return Reply(await taken(call, command))


async def read_own(call: Call) -> Reply:
    """What became of it; the look is recorded."""
    complaint = complaint_shown_by(call.runner, call.path["code"])
    await call.server.count_look(complaint.id)
    return Reply(await views.own(call.server, call.runner, set_up(call.runner), complaint))


async def withdraw_own(call: Call) -> Reply:
    """Do not pursue it."""
    complaint = complaint_shown_by(call.runner, call.path["code"])
    ref = await call.note("complaint_note", call.body.reason)
    command = commands.WithdrawComplaint(by="holder", complaint=complaint.id, reason_ref=ref)
    await call.run_book(command, lambda book, happened: None)
    after = call.runner.books.durable.complaints.all[complaint.id]
    return Reply(await views.own(call.server, call.runner, set_up(call.runner), after))


def complaint_shown_by(runner: HallRunner, code: str) -> Complaint:
    """The complaint that a code shows, however it was typed. Raises ProblemError."""
    found = runner.books.durable.complaints.of_code(hash_token(code.upper().translate(MISREAD)))
    if found is None:
        raise ProblemError("complaint_unknown")
    return found


OPERATIONS = (
    Operation(
        method="POST", path="/halls/{hall}/complain", summary="Bring something up, as anybody", handler=complain,
        who=EVERYONE, body=schemas.Complain, result=schemas.ComplaintTaken, status=201,
        codes=("too_many", "counter_unknown"),
    ),
    Operation(
        method="GET", path="/halls/{hall}/complaint/{code}", summary="A complaint, for whoever has its code",
        handler=read_own, who=EVERYONE, result=schemas.OwnComplaint,
        codes=("complaint_unknown", "too_many"),
    ),
    Operation(
        method="POST", path="/halls/{hall}/complaint/{code}/withdraw", summary="Do not pursue one's complaint",
        handler=withdraw_own, who=EVERYONE, body=schemas.WithdrawOwnComplaint, result=schemas.OwnComplaint,
        codes=("complaint_unknown", "complaint_closed"),
    ),
)  # fmt: skip
