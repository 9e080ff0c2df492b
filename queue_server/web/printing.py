"""…/print: slips, notices and trials on the hall's printers."""

from collections.abc import Callable
from contextlib import suppress

from queue_server.domain.hall import Hall
from queue_server.domain.printer import Printer
from queue_server.domain.service import as_offered, guide_of
from queue_server.domain.staffed import closed_times
from queue_server.engine.hall_runner import HallRunner
from queue_server.engine.stream_runner import Unavailable
from queue_server.printing.errors import PrintError
from queue_server.printing.notice import notice, trial
from queue_server.printing.slip import Slip, Translate
from queue_server.printing.ticket_slip import ticket_slip
from queue_server.projections.ticket_view import track
from queue_server.web import schemas
from queue_server.web.access import KEEPERS, Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.languages import SOURCE, languages
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

__all__ = ["OPERATIONS", "slip_of"]

FOR_CITIZENS: frozenset[Role] = frozenset({"kiosk", "guide", "clerk", "head"})
FAULTS = (
    "printer_unknown",
    "printer_unreachable",
    "printer_out_of_paper",
    "printer_cover_open",
    "printer_no_font",
    "printer_failed",
)
PRINTED_S = 600.0
"""For how long every server knows what was printed: longer than anybody repeats a request."""


def slip_of(server: Server, runner: HallRunner, ticket_id: str, language: str, *, copy: bool = False) -> Slip:
    """A ticket's slip as things stand, the same for every way to print it. Raises ProblemError."""
    day = runner.day
    ticket = day.find(ticket_id)
    if ticket is None:
        raise ProblemError("ticket_unknown")
    now = runner.now()
    service = server.catalogue.by_number.get(ticket.service or 0)
    address = None if server.public_url is None else server.public_url.rstrip("/") + track(runner.id, ticket_id)
    return ticket_slip(
        day.hall,
        ticket,
        ahead=day.ahead(ticket),
        estimate=runner.forecast().estimate(ticket_id) if ticket.state == "waiting" else None,
        now=now,
        opens=next((end for start, end in closed_times(day, now) if start <= now), None),
        closes=day.opening[-1].end if day.opening and not day.hall.hours.always else None,
        _=_translate(language),
        english=language == "en",
        service="" if service is None else as_offered(service, day.hall.choices).name,
        address=address,
        copy=copy,
    )


async def print_ticket(call: Call) -> Reply:
    """The slip of a ticket."""
    asked: schemas.PrintSlip = call.body
    if call.day.find(call.path["ticket"]) is None:
        raise ProblemError("ticket_unknown")

    def slip(hall: Hall, printer: Printer) -> Slip:
        language = _language(asked.language, printer)
        return slip_of(call.server, call.runner, call.path["ticket"], language, copy=asked.copy)

    return await _print(call, asked.printer, slip)


async def print_notice(call: Call) -> Reply:
    """The one-time notice 一次性告知单 of an item."""
    asked: schemas.PrintSlip = call.body
    text = call.path["service"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    service = call.server.catalogue.by_number.get(number)
    if service is None:
        raise ProblemError("service_unknown")

    def slip(hall: Hall, printer: Printer) -> Slip:
        offered = as_offered(service, hall.choices)
        _ = _translate(_language(asked.language, printer))
        return notice(hall, offered, guide_of(service, hall.guides), call.runner.now(), _)

    return await _print(call, asked.printer, slip)


async def try_out(call: Call) -> Reply:
    """A slip that shows whether a printer is set up well."""

    def slip(hall: Hall, printer: Printer) -> Slip:
        return trial(hall, printer, call.runner.now(), _translate(_language(None, printer)))

    return await _print(call, call.path["printer"], slip)


async def _print(call: Call, named: str | None, slip: Callable[[Hall, Printer], Slip]) -> Reply:
    hall = call.runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    printer = _printer(hall, call.caller.id, named)
    content = slip(hall, printer)
    order = f"{call.command_id} {call.fingerprint}"
    place = f"{printer.host}:{printer.port} {printer.device} {printer.vendor}:{printer.product}"  # halls may share one
    slate, printed = call.server.slate, f"printed {call.runner.id} {order}"
    if await slate.get(printed) is None:  # else another server did, whose answer was lost
        try:
            await call.server.spool.print(place, printer, order, lambda: _job(content, printer))
        except PrintError as error:
            raise ProblemError(error.code, None, printer=printer.id) from error
        with suppress(Unavailable):  # it is printed all the same
            await slate.swap(printed, None, b"1", PRINTED_S)
    return Reply({"printed": True, "printer": printer.id})


def _job(slip: Slip, printer: Printer) -> bytes:
    """What is sent to the printer. Called in its thread, after its import: see `spool`. Raises NoFont."""
    if printer.mode == "image":
        from queue_server.printing.raster import image_job as draw
    else:
        from queue_server.printing.escpos_text import text_job as draw
    return draw(slip, printer.width_mm)


def _printer(hall: Hall, caller: str, named: str | None) -> Printer:
    """The one that was named; else the caller's own; else the hall's only one. Raises ProblemError."""
    if named is not None:
        if named not in hall.printers:
            raise ProblemError("printer_unknown")
        return hall.printers[named]
    every = [*hall.printers.values()]
    own = next((printer for printer in every if caller in printer.kiosks), None)
    if own is None and len(every) == 1 and not every[0].kiosks:
        own = every[0]
    if own is None:
        raise ProblemError("no_printer")
    return own


def _language(asked: str | None, printer: Printer) -> str:
    return next((code for code in (asked, printer.language) if code in languages()), None) or SOURCE


def _translate(language: str) -> Translate:
    return languages()[language].translations.gettext


OPERATIONS = (
    Operation(
        method="POST", path="/halls/{hall}/tickets/{ticket}/print", summary="Print a ticket's slip",
        handler=print_ticket, who=FOR_CITIZENS, body=schemas.PrintSlip, result=schemas.Printed,
        codes=("ticket_unknown", "no_printer", *FAULTS),
    ),
    Operation(
        method="POST", path="/halls/{hall}/services/{service}/print", summary="Print a one-time notice 一次性告知单",
        handler=print_notice, who=FOR_CITIZENS, body=schemas.PrintSlip, result=schemas.Printed,
        codes=("service_unknown", "no_printer", *FAULTS),
    ),
    Operation(
        method="POST", path="/halls/{hall}/printers/{printer}/test", summary="Try a printer out", handler=try_out,
        who=KEEPERS, body=schemas.Nothing, result=schemas.Printed, codes=FAULTS,
    ),
)  # fmt: skip
