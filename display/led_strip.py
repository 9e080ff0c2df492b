"""Strips: what carries a line of text to one, over a serial line or TCP.

A strip is any object with `show` and `close`; for a maker's own protocol write another and name it in `open_strip`.
"""

import socket
from contextlib import suppress
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import serial

from display.led_text import centred

__all__ = ["BadStrip", "LineStrip", "Strip", "open_strip"]

PATIENCE_S = 3.0


class BadStrip(ValueError):
    """No strip can be reached under this address."""


class Strip(Protocol):
    """One line of text over one counter."""

    def show(self, text: str) -> None:
        """Show it instead of what was shown; it may block for seconds. Raises OSError when the strip is not reached."""

    def close(self) -> None:
        """Let the line go; what is shown stays."""


class LineStrip:
    """A strip that takes plain lines: the text in the middle of its width, in GB 18030, ended by CR LF.

    The line is opened when it is first needed, and again after it failed: strips are switched off overnight.
    """

    def __init__(self, address: str, width: int) -> None:
        """address: `serial:/dev/ttyUSB0?baud=9600`, `tcp://192.168.1.50:5000`. width: full-width characters."""
        self._address = address
        self._width = width
        self._line: _Serial | _Tcp | None = None

    def show(self, text: str) -> None:
        """See `Strip`."""
        if self._line is None:
            self._line = _open(self._address)
        try:
            self._line.send(centred(text, self._width).encode("gb18030") + b"\r\n")
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """See `Strip`."""
        if self._line is not None:
            with suppress(OSError):
                self._line.close()
            self._line = None


class _Serial:
    def __init__(self, path: str, baud: int) -> None:
        self._port = serial.Serial(path, baud, write_timeout=PATIENCE_S)

    def send(self, data: bytes) -> None:
        self._port.write(data)
        self._port.flush()

    def close(self) -> None:
        self._port.close()


class _Tcp:
    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), PATIENCE_S)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()


def open_strip(address: str, width: int) -> Strip:
    """The strip at an address; nothing is opened yet. Raises BadStrip."""
    parts = urlsplit(address)
    try:
        if parts.scheme == "serial" and parts.path:
            _baud(parts.query)
        elif parts.scheme != "tcp" or not parts.hostname or not parts.port:
            raise ValueError
    except ValueError:
        raise BadStrip(
            f"{address!r} is no strip like serial:/dev/ttyUSB0?baud=9600 or tcp://192.168.1.50:5000"
        ) from None
    return LineStrip(address, width)


def _open(address: str) -> _Serial | _Tcp:
    parts = urlsplit(address)
    if parts.scheme == "serial":
        return _Serial(parts.path, _baud(parts.query))
    return _Tcp(parts.hostname or "", parts.port or 0)


def _baud(query: str) -> int:
    return int(parse_qs(query).get("baud", ["9600"])[0])
