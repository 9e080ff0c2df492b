"""How many must have what was written before anybody is told: Redis's own WAIT and WAITAOF."""

from typing import Any, NamedTuple

__all__ = ["Keeping", "NotKept"]

WAIT_MS = 1_000
"""How long one wait lasts; who waits in vain asks again."""

WRITE = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], '', 'PX', ARGV[1])"
"""Writes something; so does a Redis that is full, where all that reads, or makes it emptier, has to go on."""


class NotKept(ConnectionError):
    """It was written by the master, and too few replicas, or too few disks, are known to have it."""


class Keeping(NamedTuple):
    """What an answer waits for, besides the master itself."""

    replicas: int = 0
    """So many must have received it; with `fsync`, on their disks."""
    fsync: bool = False
    """The master's own disk must have it too. Redis 7.2, Valkey."""

    def __bool__(self) -> bool:
        return self.replicas > 0 or self.fsync

    def commands(self, key: str) -> list[tuple[Any, ...]]:
        """To be sent last, through the same connection. key: one of that master's, for nothing else.

        Redis waits for what its connection wrote last; so something is written here, after which not only what was
        written before has to be there, but also what was only read: an answer rests on that as much.
        """
        wait = ("WAITAOF", 1, self.replicas, WAIT_MS) if self.fsync else ("WAIT", self.replicas, WAIT_MS)
        return [("EVAL", WRITE, 1, key, WAIT_MS), wait]

    def missing(self, answers: list[Any]) -> Exception | None:
        """What is wrong by the answers to `commands`; None when all have it."""
        for answer in answers:
            if isinstance(answer, Exception):
                return answer
        if answers:
            disks, replicas = answers[-1] if self.fsync else (1, answers[-1])
            if disks < 1 or replicas < self.replicas:
                return NotKept(f"{replicas} of {self.replicas} replicas have it" if disks else "the disk is behind")
        return None
