"""Why a slip was not printed.

PrintError
├── Unreachable    nobody answers there, or somebody else has the port
├── OutOfPaper
├── CoverOpen
├── NoFont         the system has no Chinese font to draw with
└── Failed         it broke off, or took too long: part of the slip may be out
"""

__all__ = ["CoverOpen", "Failed", "NoFont", "OutOfPaper", "PrintError", "Unreachable"]


class PrintError(Exception):
    """The slip was not printed."""

    code = "printer_failed"


class Unreachable(PrintError):
    """Nobody answers at the printer's place."""

    code = "printer_unreachable"


class OutOfPaper(PrintError):
    """The roll has run out."""

    code = "printer_out_of_paper"


class CoverOpen(PrintError):
    """The cover is open."""

    code = "printer_cover_open"


class NoFont(PrintError):
    """The system has no Chinese font."""

    code = "printer_no_font"


class Failed(PrintError):
    """It broke off."""
