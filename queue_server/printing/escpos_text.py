"""A slip as ESC/POS commands, in the printer's own Chinese characters."""

from escpos.printer import Dummy

from queue_server.printing.layout import rows
from queue_server.printing.slip import Line, Slip

__all__ = ["text_job"]

CHINESE_MODE = b"\x1c&"  # FS &: two bytes and more are Chinese
QR_DOTS = {58: 5, 80: 7}  # a module's edge; 8 dots are 1 mm


def text_job(slip: Slip, width_mm: int) -> bytes:
    """All that is sent for one slip: text in GB18030, sizes, the code, the cut."""
    made = Dummy()
    made.hw("INIT")
    made._raw(CHINESE_MODE)
    _write(made, slip.lines, width_mm)
    if slip.qr is not None:
        made.set(align="center")
        made.qr(slip.qr, size=QR_DOTS[width_mm], native=True)
        made._raw(b"\n")
    _write(made, slip.below, width_mm)
    made.cut()
    return bytes(made.output)


def _write(made: Dummy, lines: tuple[Line, ...], width_mm: int) -> None:
    for row in rows(lines, width_mm):
        made.set(align=row.align, bold=row.bold, custom_size=True, width=row.size, height=row.size)
        made._raw(row.text.encode("gb18030") + b"\n")
