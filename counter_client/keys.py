"""The keys of the desk: the letters of the clerk's page, and digits for a numeric keypad."""

from typing import Final, NamedTuple

__all__ = ["KEYS", "Key"]


class Key(NamedTuple):
    """A command with its letter (`" "` is the space bar) and its digit (`""` for none)."""

    command: str
    letter: str
    digit: str = ""


KEYS: Final = (
    Key("next", " ", "0"),
    Key("recall", "r", "1"),
    Key("start", "s", "2"),
    Key("services", "v", "."),
    Key("finish", "f", "3"),
    Key("no-show", "n", "4"),
    Key("hold", "h", "5"),
    Key("resume-ticket", "b", "6"),
    Key("transfer", "t", "7"),
    Key("pause", "p", "8"),
    Key("resume", "p", "8"),
    Key("call", "c", "9"),
    Key("serve-now", "d", "/"),
    Key("put-back", "m", "*"),
    Key("confirm-priority", "y"),
    Key("withdraw-priority", "x"),
    Key("paper", "e"),
    Key("sign-on", "i", "+"),
    Key("sign-off", "q", "-"),
)
"""One key may stand for two commands that never make sense at once."""
