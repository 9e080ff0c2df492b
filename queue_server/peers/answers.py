"""What Redis answers, or that it is away, as whoever asks the stores knows it."""

from collections.abc import Awaitable
from typing import TypeVar

from queue_server.journal.base import Unavailable
from queue_server.redis_nodes import RedisError

__all__ = ["answered"]

T = TypeVar("T")


async def answered(call: Awaitable[T]) -> T:
    """The answer. Raises Unavailable."""
    try:
        return await call
    except (RedisError, OSError) as error:
        raise Unavailable(error) from error
