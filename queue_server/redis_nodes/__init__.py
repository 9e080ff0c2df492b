"""The Redis that servers share: its masters, and which of them a key belongs to.

Whoever needs it names a key, so that everything is the same over one Redis, over one that Sentinels watch, and over a
Cluster. What a key is called decides where it is: all keys with the same text in braces are on the same master, where
one function may work on several of them at once.
"""

from redis.exceptions import RedisError, ResponseError

from queue_server.redis_nodes.address import Address
from queue_server.redis_nodes.keeping import Keeping
from queue_server.redis_nodes.lane import Command, Lane
from queue_server.redis_nodes.nodes import Nodes
from queue_server.redis_nodes.persistence import Persistence, Unfit
from queue_server.redis_nodes.topology import Away, Master

__all__ = [
    "Address",
    "Away",
    "Command",
    "Keeping",
    "Lane",
    "Master",
    "Nodes",
    "Persistence",
    "RedisError",
    "ResponseError",
    "Unfit",
]
