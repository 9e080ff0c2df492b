"""Sending to a printer, and finding out what became of it."""

import asyncio
import os
import subprocess
import sys
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from queue_server.domain.printer import Printer
from queue_server.printing import printer as edge
from queue_server.printing.errors import CoverOpen, Failed, OutOfPaper, PrintError, Unreachable
from queue_server.printing.escpos_text import text_job
from queue_server.printing.raster import image_job
from queue_server.printing.spool import Spool
from tests.printing.slips import a_slip
from tests.printing.socket_printer import Mood, SocketPrinter, socket_printer

JOB = text_job(a_slip(), 80)


@pytest.fixture
async def device() -> AsyncIterator[SocketPrinter]:
    """A printer that listens."""
    async with socket_printer() as found:
        yield found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for a printer that hangs."""
    monkeypatch.setattr(edge, "SEND_S", 0.3)


def at(device: SocketPrinter) -> Printer:
    """Its set-up."""
    return Printer(id="front", connection="network", host="127.0.0.1", port=device.port)


@pytest.mark.parametrize("mood", ["ok", "near_end", "silent"])
async def test_a_printer_that_has_paper_prints(device: SocketPrinter, mood: Mood) -> None:
    """Also when the roll is near its end, and when it never says anything about itself."""
    device.mood = mood
    await asyncio.to_thread(edge.send, at(device), JOB)
    await gone(device)
    (paper,) = device.papers
    assert paper.cut
    assert "A012" in paper.text


async def test_a_picture_is_printed_too(device: SocketPrinter) -> None:
    """Many bytes, in order."""
    await asyncio.to_thread(edge.send, at(device), image_job(a_slip(), 80))
    await gone(device)
    assert len(device.papers) == 1


@pytest.mark.parametrize(("mood", "error"), [("paper_out", OutOfPaper), ("cover_open", CoverOpen)])
async def test_nothing_is_sent_to_one_that_cannot_print(
    device: SocketPrinter, mood: Mood, error: type[PrintError]
) -> None:
    """It would print the job whenever somebody puts paper in, when nobody needs it any more."""
    device.mood = mood
    with pytest.raises(error):
        await asyncio.to_thread(edge.send, at(device), JOB)
    await gone(device)
    assert device.jobs == []


async def test_a_roll_that_ends_within_the_slip_is_noticed(device: SocketPrinter) -> None:
    """The printer is asked again behind the job."""
    device.mood = "runs_out"
    with pytest.raises(OutOfPaper):
        await asyncio.to_thread(edge.send, at(device), JOB)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("mood", ["cut_off", "hangs"])
async def test_what_breaks_off_has_failed(device: SocketPrinter, mood: Mood) -> None:
    """The connection ends within the job, or nothing comes back in time."""
    device.mood = mood
    with pytest.raises(Failed):
        await asyncio.to_thread(edge.send, at(device), JOB)


async def test_nobody_there() -> None:
    """A port that nobody listens at, a serial port and a USB device that the machine does not have."""
    for printer in (
        Printer(id="net", connection="network", host="127.0.0.1", port=1),
        Printer(id="com", connection="serial", device="/dev/ttyNONE0"),
        Printer(id="usb", connection="usb", vendor=0x04B8, product=0x0E15),
    ):
        with pytest.raises(Unreachable):
            await asyncio.to_thread(edge.send, printer, JOB)


async def test_a_serial_port() -> None:
    """The same questions, and the same bytes, over a line."""
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    taken = b""

    def answer() -> None:
        nonlocal taken
        while not taken.endswith(b"\x1dr\x01"):
            part = os.read(ours, 4096)
            taken += part
            if part in (b"\x10\x04\x02", b"\x10\x04\x04"):
                os.write(ours, b"\x12")
        os.write(ours, b"\x00")

    printing = asyncio.to_thread(edge.send, Printer(id="line", connection="serial", device=os.ttyname(theirs)), JOB)
    await asyncio.gather(printing, asyncio.to_thread(answer))
    assert JOB in taken
    os.close(ours)
    os.close(theirs)


async def test_the_spool_prints_in_order_one_at_a_time(device: SocketPrinter) -> None:
    """Twenty orders at once."""
    spool = Spool()
    jobs = [text_job(a_slip(ahead=ahead), 58) for ahead in range(20)]
    orders = (spool.print("town front", at(device), str(place), lambda job=job: job) for place, job in enumerate(jobs))  # type: ignore[misc]
    await asyncio.gather(*orders)
    await gone(device)
    assert [paper.text.split("您前面还有 ")[1].split(" ")[0] for paper in device.papers] == [*map(str, range(20))]
    assert device.most_at_once == 1
    spool.close()


async def test_the_same_order_prints_once_and_fails_once(device: SocketPrinter) -> None:
    """At the same time and later; a new order tries again."""
    spool = Spool()
    await asyncio.gather(*(spool.print("p", at(device), "one", lambda: JOB) for _ in range(3)))
    await spool.print("p", at(device), "one", lambda: JOB)
    device.mood = "paper_out"
    for _ in range(2):
        with pytest.raises(OutOfPaper):
            await spool.print("p", at(device), "two", lambda: JOB)
        device.mood = "ok"
    await spool.print("p", at(device), "three", lambda: JOB)
    await gone(device)
    assert len(device.papers) == 2
    spool.close()


async def gone(device: SocketPrinter) -> None:
    """Nobody is connected any more: what was sent has been read."""
    async with asyncio.timeout(5):
        while device.at_once:  # noqa: ASYNC110 - a connection's end has no event
            await asyncio.sleep(0.005)


def test_what_drives_printers_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    """Not a folder for each start of a server that prints, for years."""
    code = "import queue_server.printing.printer"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []


FULL = """
import asyncio
from queue_server.domain.printer import Printer
from queue_server.printing.errors import Failed
from queue_server.printing.spool import Spool

async def print_it():
    spool = Spool()
    try:
        await spool.print("p", Printer(id="p", connection="network", host="127.0.0.1"), "one", lambda: b"")
    except Failed:
        print("told")
    spool.close()

asyncio.run(print_it())
"""


def test_a_disk_without_room_for_what_drives_printers_fails_the_slip_alone(tmp_path: Path) -> None:
    """It writes a file when it is imported."""
    environment = os.environ | {"ESCPOS_CAPABILITIES_PICKLE_DIR": str(tmp_path / "missing")}
    run = subprocess.run([sys.executable, "-c", FULL], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == "told\n"
