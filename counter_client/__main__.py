"""`python -m counter_client`: a counter's desk in a terminal."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from counter_client.client import CounterClient
from counter_client.console import Console
from counter_client.screen import Hall
from counter_client.session import Refused
from counter_client.words import LANGUAGES
from queue_server.live_client import BadAddress

__all__ = ["main"]

OK = 0
USAGE = 2
REFUSED = 3  # by the server: a wrong password, no such hall, a session that ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the desk; the exit code."""
    options = _parser().parse_args(arguments)
    words = LANGUAGES[options.language]
    password = os.environ.get("JIAOHAO_PASSWORD") or getpass.getpass(words["password"].format(user=options.user))
    try:
        return asyncio.run(_desk(options, password))
    except BadAddress as problem:
        return _refuse(USAGE, str(problem))
    except Refused as refused:
        return _refuse(REFUSED, str(refused))
    except KeyboardInterrupt:
        return OK


async def _desk(options: argparse.Namespace, password: str) -> int:
    words = LANGUAGES[options.language]
    console: Console | None = None

    def unanswered(attempts: int) -> None:
        if console is not None:
            console.unanswered(attempts)
        elif attempts:
            print(words["retrying"].format(attempts=attempts), file=sys.stderr)

    client = CounterClient(
        options.server, options.hall, options.counter, language=options.language, on_unanswered=unanswered
    )
    async with client:
        account = await client.sign_in(options.user, password)
        hall = await client.session.get(f"/halls/{options.hall}")
        known = Hall(
            name=hall["name"],
            timezone=ZoneInfo(hall["timezone"]),
            queues={queue["id"]: queue["name"] for queue in hall["queues"]},
            prefixes={queue["id"]: queue["prefix"] for queue in hall["queues"]},
        )
        console = Console(client, known, words, account.name)
        stop = await console.run()
        if stop is not None:
            return _refuse(REFUSED, stop.meaning)
        await client.session.sign_out()
    return OK


def _refuse(code: int, sentence: str) -> int:
    print(f"counter_client: {sentence}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m counter_client",
        description="A counter's desk in a terminal. Exit codes: 0 left, 2 cannot start so, 3 refused by the server.",
    )
    parser.add_argument("--server", required=True, metavar="URL", help="where the server is: http://192.168.1.10:8000")
    parser.add_argument("--hall", required=True, help="the hall's id: town")
    parser.add_argument("--counter", required=True, type=int, metavar="N", help="the counter's number")
    parser.add_argument("--user", required=True, help="who signs in; the password is asked, or in JIAOHAO_PASSWORD")
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="zh", help="of the screen (zh)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
