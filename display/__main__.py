"""`python -m display`: what a hall shows and speaks, each a program of its own."""

import argparse
import sys
from collections.abc import Callable, Sequence

from display import announce, clips, led, wall

__all__ = ["main"]

COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "announce": (announce.main, "speak every call of a hall"),
    "clips": (clips.main, "make a voice pack of a hall's calls, or the list of what to record for one"),
    "wall": (wall.main, "keep a page of a hall open in a browser, full-screen: hall screen, kiosk, evaluator"),
    "led": (led.main, "show one counter's state on an LED strip"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the programs; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m display",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="\n".join(f"{name:<10}{purpose}" for name, (_, purpose) in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS, help="each has its own --help")
    parser.add_argument("options", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    run, _ = COMMANDS[given.command]
    return run(given.options)


if __name__ == "__main__":
    sys.exit(main())
