"""A figure as people read it, and how it changed; static/figure_words.js writes the same in charts. Pure."""

from queue_server.exchange.sheet import Value
from queue_server.web.figures import Unit
from queue_server.web.history_labels import Translate

__all__ = ["change", "said"]

UNKNOWN = "—"


def said(value: Value, unit: Unit) -> str:
    """A figure as people read it: "1,204", "8:32" (minutes and seconds), "1:02:33", "83.3%"; a dash when not known."""
    if value is None or isinstance(value, str):
        return value or UNKNOWN
    match unit:
        case "share":
            return f"{value:.1%}"
        case "seconds":
            minutes, seconds = divmod(round(value), 60)
            hours, minutes = divmod(minutes, 60)
            return f"{hours:,}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    return f"{value:,}"


def change(value: Value, before: Value, unit: Unit, _: Translate) -> str:
    """How much more or less than before: "+11%", "−1.3 点"; nothing where it cannot be said."""
    if not isinstance(value, int | float) or not isinstance(before, int | float):
        return ""
    if unit == "share":
        points = round((value - before) * 100, 1)
        return _("%(points)s 点") % {"points": _signed(points, f"{abs(points):.1f}")} if points else "±0"
    if not before:
        return ""
    percent = round((value - before) / before * 100)
    return _signed(percent, f"{abs(percent)}%") if percent else "±0"


def _signed(number: float, size: str) -> str:
    return ("+" if number > 0 else "\u2212") + size
