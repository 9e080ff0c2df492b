"""The thin edge over python-escpos: sends one job to one printer, and finds out whether it was printed."""

import os
import shutil
import socket
from typing import Any

import usb.core
from escpos import capabilities
from escpos.exceptions import Error as EscposError
from escpos.printer import Network, Serial, Usb

from queue_server.domain.printer import Printer
from queue_server.printing.errors import CoverOpen, Failed, OutOfPaper, Unreachable

__all__ = ["send"]

REACH_S = 3.0
"""How long to wait for the printer to be there."""
ANSWER_S = 0.4
"""How long a printer that answers at all takes for a word about itself; many cheap ones never do."""
SEND_S = 8.0
"""How long taking the job, and then printing it, may last each."""

OFFLINE_CAUSE = b"\x10\x04\x02"  # DLE EOT 2, answered at once
PAPER = b"\x10\x04\x04"  # DLE EOT 4, answered at once
PAPER_WHEN_PRINTED = b"\x1dr\x01"  # GS r 1, answered in its turn: what came before has been printed

Device = Any
"""A Network, Serial or Usb printer of python-escpos, whose devices are untyped."""
_BROKEN = (OSError, EscposError, RuntimeError, ValueError, usb.core.USBError)


if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    # A copy of a file of its own, in a new temporary folder at every import, which it never looks at again.
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


def send(printer: Printer, job: bytes) -> None:
    """Print. Takes as long as printing does: not for the event loop. Raises PrintError.

    A printer that never says anything is believed once it has taken the job.
    """
    device = _device(printer)
    try:
        _open(device)
    except _BROKEN as error:
        device._device = None
        raise Unreachable from error
    try:
        answers = _refuse_when_not_ready(device)
        _patience(device, SEND_S)
        device._raw(job + (PAPER_WHEN_PRINTED if answers else b""))
        if answers:
            _wait_until_printed(device)
    except _BROKEN as error:
        raise Failed from error
    finally:
        try:
            device.close()
        except _BROKEN:
            device._device = None  # it went away by itself


def _device(printer: Printer) -> Device:
    match printer.connection:
        case "network":
            return Network(printer.host, printer.port)
        case "serial":
            return Serial(printer.device, printer.baud, timeout=ANSWER_S)
        case "usb":
            return Usb(printer.vendor, printer.product, timeout=int(ANSWER_S * 1000))


def _open(device: Device) -> None:
    if isinstance(device, Network):  # by ourselves: python-escpos leaves the socket of a vain attempt open
        device.device = socket.create_connection((device.host, device.port), REACH_S)
    else:
        device.open()


def _patience(device: Device, seconds: float) -> None:
    """How long the device's reads and writes may take from now on."""
    match device:
        case Network():
            device.device.settimeout(seconds)
        case Serial():
            device.device.timeout = device.device.write_timeout = seconds
        case Usb():
            device.timeout = int(seconds * 1000)


def _refuse_when_not_ready(device: Device) -> bool:
    """Whether the printer says anything about itself. Raises CoverOpen, OutOfPaper."""
    _patience(device, ANSWER_S)
    cause = _answer(device, OFFLINE_CAUSE)
    if cause is None:
        return False
    if cause & 0x04:
        raise CoverOpen
    paper = _answer(device, PAPER)
    if cause & 0x20 or (paper is not None and paper & 0x60):
        raise OutOfPaper
    return True


def _wait_until_printed(device: Device) -> None:
    """Raises OutOfPaper, Failed."""
    if isinstance(device, Serial):
        device.device.timeout = SEND_S
        found = device.device.read(1)  # python-escpos waits for sixteen
    else:
        found = device._read()
    if not found:
        raise Failed
    if found[0] & 0x0C:
        raise OutOfPaper


def _answer(device: Device, question: bytes) -> int | None:
    """The printer's answer in one byte; None when it gives none in time."""
    device._raw(question)
    try:
        found = device.device.read(1) if isinstance(device, Serial) else device._read()
    except (TimeoutError, usb.core.USBTimeoutError):
        return None
    if not found:
        if isinstance(device, Network):
            raise Failed  # it hung up
        return None
    byte = int(found[0])
    return byte if byte & 0x93 == 0x12 else None
