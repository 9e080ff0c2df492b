"""A printer's set-up."""

from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain.hall import faults
from queue_server.domain.printer import Printer
from tests.domain.halls import township

NETWORK = Printer(id="front", connection="network", host="192.168.1.50")
SERIAL = Printer(id="front", connection="serial", device="COM3")
USB = Printer(id="front", connection="usb", vendor=0x04B8, product=0x0E15)


def faults_of(printer: Printer, key: str = "front") -> list[str]:
    """What a hall with that printer is told."""
    return [str(fault) for fault in faults(township(printers={key: printer}))]


@pytest.mark.parametrize("printer", [NETWORK, SERIAL, USB, replace(SERIAL, device="/dev/serial/by-id/usb-Printer_1")])
def test_a_sound_printer(printer: Printer) -> None:
    """By network, serial port and USB."""
    assert faults_of(printer) == []


@pytest.mark.parametrize(
    ("printer", "changes", "field"),
    [
        (NETWORK, {"host": ""}, "host"),
        (NETWORK, {"host": "a b"}, "host"),
        (NETWORK, {"port": 0}, "port"),
        (NETWORK, {"port": 65536}, "port"),
        (SERIAL, {"device": "/dev/../etc/passwd"}, "device"),
        (SERIAL, {"device": "/etc/passwd"}, "device"),
        (SERIAL, {"device": "COM3\n"}, "device"),
        (SERIAL, {"baud": 1}, "baud"),
        (USB, {"vendor": 0}, "vendor"),
        (USB, {"product": 0x10000}, "product"),
        (NETWORK, {"id": "Front"}, "id"),
    ],
)
def test_an_unsound_printer_is_refused_by_its_field(printer: Printer, changes: dict[str, Any], field: str) -> None:
    """One sentence that names it."""
    (fault,) = faults_of(replace(printer, **changes))
    assert fault.startswith("printers.front")
    assert field in fault


def test_the_day_does_not_carry_printers() -> None:
    """They change without the day's events getting longer."""
    assert township(printers={"front": NETWORK}).for_the_day == township()
