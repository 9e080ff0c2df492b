"""A slip printer, as the hall sets it up."""

import re
from collections.abc import Iterator
from typing import Literal

from queue_server.domain.fault import Fault
from queue_server.domain.value import Value

__all__ = ["Printer", "faults_of_printer"]


class Printer(Value, frozen=True, kw_only=True):
    """One ESC/POS printer that the server itself reaches.

    connection: "network" needs host and port; "serial" device ("COM3", "/dev/ttyUSB0") and baud; "usb" vendor and
    product, the two numbers that the system lists a USB device with. width_mm: of the paper. mode: "text" in the
    printer's own Chinese characters, "image" for one that has none. language: of the slips, such as "en"; "" for that
    of whoever asks. kiosks: ids of the devices whose slips it prints.
    """

    id: str
    name: str = ""
    connection: Literal["network", "serial", "usb"]
    host: str = ""
    port: int = 9100
    device: str = ""
    baud: int = 9600
    vendor: int = 0
    product: int = 0
    width_mm: Literal[58, 80] = 80
    mode: Literal["text", "image"] = "text"
    language: str = ""
    kiosks: tuple[str, ...] = ()


_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_DEVICE = re.compile(r"COM[1-9]\d{0,2}|/dev/[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,3}")


def faults_of_printer(key: str, printer: Printer) -> Iterator[Fault]:
    """Everything that makes a printer's set-up unusable."""
    if key != printer.id or not _ID.fullmatch(key):
        yield Fault(f"printers.{key}", "key_wrong")
    if printer.connection == "network":
        if not _HOST.fullmatch(printer.host):
            yield Fault(f"printers.{key}.host", "host_wrong", {"value": printer.host})
        if not 1 <= printer.port <= 65535:
            yield Fault(f"printers.{key}.port", "port_wrong")
    elif printer.connection == "serial":
        if not _DEVICE.fullmatch(printer.device):
            yield Fault(f"printers.{key}.device", "device_wrong", {"value": printer.device})
        if printer.baud not in (2400, 4800, 9600, 19200, 38400, 57600, 115200):
            yield Fault(f"printers.{key}.baud", "baud_wrong", {"value": printer.baud})
    elif not (1 <= printer.vendor <= 0xFFFF and 1 <= printer.product <= 0xFFFF):
        yield Fault(f"printers.{key}", "usb_wrong")
