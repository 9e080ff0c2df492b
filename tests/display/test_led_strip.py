"""Plain lines over a pseudo-terminal and over TCP."""

import os
import socket
import sys
import tty

import pytest

from display.led_strip import BadStrip, open_strip


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_a_serial_line() -> None:
    """The text in the middle, in GB 18030, each line by itself; at the speed that was asked for."""
    outer, inner = os.openpty()
    tty.setraw(outer)
    strip = open_strip(f"serial:{os.ttyname(inner)}?baud=19200", 8)
    strip.show("请A001号")
    strip.show("欢迎您")
    strip.close()
    said = b""
    while said.count(b"\r\n") < 2:
        said += os.read(outer, 100)
    os.close(outer)
    os.close(inner)
    assert said.decode("gb18030") == "    请A001号    \r\n     欢迎您     \r\n"


def test_a_strip_on_the_network_that_was_switched_off() -> None:
    """It is told so, and the next line opens it anew."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        strip = open_strip(f"tcp://127.0.0.1:{port}", 8)
        strip.show("欢迎您")
        line, _ = listening.accept()
        with line:
            assert line.recv(100).decode("gb18030").strip() == "欢迎您"
    with pytest.raises(OSError):
        for _ in range(100):  # the first writes still find room
            strip.show("暂停服务")
    with socket.create_server(("127.0.0.1", port)) as listening:
        strip.show("请稍候")
        line, _ = listening.accept()
        with line:
            assert line.recv(100).decode("gb18030").strip() == "请稍候"
    strip.close()


@pytest.mark.parametrize(
    "address", ["", "ttyUSB0", "serial:", "serial:/dev/x?baud=fast", "tcp://192.168.1.50", "tcp://h:port", "http://h:1"]
)
def test_what_is_no_strip(address: str) -> None:
    """Told before anything is opened."""
    with pytest.raises(BadStrip, match="is no strip like"):
        open_strip(address, 8)
