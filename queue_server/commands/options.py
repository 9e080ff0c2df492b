"""Settings as options of a command: what is given there wins over the environment."""

import os
from collections.abc import Callable, Mapping
from functools import reduce, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from queue_server.settings import Settings, from_environment

__all__ = ["on_stores", "serving"]

P = ParamSpec("P")
T = TypeVar("T")
Command = Callable[Concatenate[Settings, P], T]

STORES = {
    "data": click.option("--data", metavar="DIR", help="Folder with the journal and the records."),
    "store": click.option(
        "--store", metavar="URL", help="Redis that holds them instead; '' for none. A password: see JIAOHAO_STORE."
    ),
    "archive": click.option("--archive", metavar="DIR", help="Folder to which closed days go from that Redis."),
}
ADDRESS = {
    "host": click.option("--host", help="Address to listen on; this machine's own by default."),
    "port": click.option("--port", type=int, help="TCP port; 0 takes any free one."),
}


def on_stores(command: Command[P, T]) -> Callable[..., T]:
    """Let a command say where it works; it is called with the settings that follow."""
    return _with(STORES, command)


def serving(command: Command[P, T]) -> Callable[..., T]:
    """Likewise for a command that is a server."""
    return _with(STORES | ADDRESS, command)


def _with(options: Mapping[str, Callable[[Any], Any]], command: Command[P, T]) -> Callable[..., T]:
    @wraps(command)
    def named(**given: Any) -> T:
        settings = from_environment(os.environ, **{name: given.pop(name) for name in options})
        work: Callable[..., T] = command
        return work(settings, **given)

    return reduce(lambda made, option: option(made), reversed([*options.values()]), named)
