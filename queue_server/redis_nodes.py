"""The Redis that servers share: its masters, and which of them a key belongs to.

Whoever needs it names a key, so that everything is the same over one Redis, over one that Sentinels watch, and over a
Cluster. What a key is called decides where it is: all keys with the same text in braces are on the same master, where
one function may work on several of them at once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError

__all__ = ["Command", "Master", "Nodes", "RedisError"]

NAMESPACE = "jiaohao:"

Command = Sequence[Any]
"""A command's name and arguments: text, bytes or numbers."""


class Master(NamedTuple):
    """One that takes writes."""

    name: str
    """Its address, `host:port`. Another that takes its place has another one."""
    client: Any
    """A `redis.asyncio.Redis` of it alone, for what a connection has to be kept for: subscriptions."""


class Nodes:
    """One Redis, at `url`. namespace: stands before every key, so that one Redis may hold several installations.

    Answers are bytes. What cannot be answered raises RedisError or OSError.
    """

    def __init__(self, url: str, namespace: str = NAMESPACE) -> None:
        self.namespace = namespace
        self._client: Any = Redis.from_url(url)  # what it says of its answers' types does not hold for raw commands
        address = urlsplit(url)
        self._master = Master(f"{address.hostname}:{address.port or 6379}", self._client)

    def key(self, tag: str, *rest: str) -> str:
        """The name of a key that is kept together with all others of `tag`: a hall's id, or what else is one thing."""
        return ":".join((f"{self.namespace}{{{tag}}}", *rest))

    async def open(self) -> None:
        """Learn which masters there are."""
        await self._client.ping()

    def masters(self) -> list[Master]:
        """All of them, as they were learned last; it may change with every question."""
        return [self._master]

    def master_of(self, key: str) -> Master:
        """Where that key is, as it was learned last. Raises RedisError while nobody has it."""
        return self._master

    async def load(self, functions: str) -> None:
        """Have every master know a library of functions, in its newest text."""
        await self._client.execute_command("FUNCTION LOAD", "REPLACE", functions)

    async def ask(self, key: str, *command: Any) -> Any:
        """One command about that key."""
        return await self._client.execute_command(*command)

    async def ask_all(self, key: str, commands: Sequence[Command]) -> list[Any]:
        """Several commands about keys of the same tag as `key`, through one connection, in their order; what Redis
        answers, or the RedisError of the one that it refused.
        """
        pipeline = self._client.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()
