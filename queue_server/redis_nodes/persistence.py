"""What a Redis was set up to keep, and what it may lose: read at the start, said to whoever runs it."""

from typing import Any, NamedTuple

from redis.exceptions import ResponseError

from queue_server.redis_nodes.keeping import Keeping
from queue_server.redis_nodes.topology import Master

__all__ = ["Persistence", "Unfit", "persistence_of"]

OLDEST = (7, 0)
"""Functions, and messages within a shard."""
OLDEST_WITH_WAITAOF = (7, 2)
READ = "appendonly appendfsync maxmemory maxmemory-policy cluster-require-full-coverage"


class Unfit(Exception):
    """A Redis that cannot hold what it is to hold; the text says why, and what to do."""


class Persistence(NamedTuple):
    """One master's. A setting is None where Redis does not tell it, as managed ones may not."""

    master: str
    version: str
    appendonly: str | None
    appendfsync: str | None
    maxmemory: int
    policy: str | None
    full_coverage: bool
    """Whether a Cluster refuses everything while one master is away."""
    replicas: int

    def check(self, keeping: Keeping) -> None:
        """Raises Unfit for one that would lose data as a matter of course, or that cannot do what it is asked."""
        if self.release < OLDEST:
            raise Unfit(f"Redis {self.version} at {self.master} is too old: 7.0 is the oldest that has functions")
        if self.maxmemory and self.policy not in (None, "noeviction"):
            raise Unfit(
                f"Redis at {self.master} throws data away when its memory is full (maxmemory-policy {self.policy}):"
                " set it to noeviction"
            )
        if keeping.fsync and self.release < OLDEST_WITH_WAITAOF:
            raise Unfit(f"Redis {self.version} at {self.master} cannot wait for its disk (store_fsync): 7.2 can")
        if keeping.fsync and self.appendonly == "no":
            raise Unfit(
                f"Redis at {self.master} keeps no append-only file to wait for (store_fsync): set appendonly yes"
            )

    @property
    def release(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:2])

    def on_disk(self, keeping: Keeping) -> str:
        """What a crash of this master, or a power cut, may take with it."""
        match self.appendonly, self.appendfsync:
            case None, _:
                return "it does not tell what it writes to its disk"
            case "no", _:
                return "a crash loses what came since its last snapshot (appendonly no)"
            case _, "always":
                return "a crash loses nothing (appendfsync always)"
            case _ if keeping.fsync:
                return "a crash loses nothing: answers wait for the disk (store_fsync)"
            case _, "everysec":
                return "a crash loses up to two seconds (appendfsync everysec)"
            case _:
                return f"a crash loses what the system had not written yet (appendfsync {self.appendfsync})"

    def on_fail_over(self, keeping: Keeping) -> str:
        """What is lost when a replica takes over."""
        if not self.replicas and not keeping.replicas:
            return "no replica can take over"
        if not keeping.replicas:
            return f"a fail-over to one of {self.replicas} replicas loses what it had not received (store_replicas 0)"
        if self.replicas < keeping.replicas:
            return f"commands are refused until {keeping.replicas} replicas are there; {self.replicas} are now"
        return f"a fail-over to one of the {keeping.replicas} of {self.replicas} replicas that have it loses nothing"

    def loses(self, keeping: Keeping) -> bool:
        """Whether something that somebody was told of may be lost with one machine."""
        kept = self.appendonly == "yes" and (self.appendfsync == "always" or keeping.fsync)
        return not kept or (self.replicas > 0 and not keeping.replicas)


async def persistence_of(master: Master) -> Persistence:
    """Ask it. Raises RedisError, OSError."""
    info: dict[str, Any] = await master.client.execute_command("INFO")
    settings: dict[str, str] = {}
    try:
        told = await master.client.execute_command("CONFIG GET", *READ.split())
        settings = {_text(name): _text(value) for name, value in told.items()}
    except ResponseError:
        pass  # forbidden, or renamed
    return Persistence(
        master=master.name,
        version=str(info["redis_version"]),
        appendonly=settings.get("appendonly"),
        appendfsync=settings.get("appendfsync"),
        maxmemory=int(info.get("maxmemory", 0)),
        policy=info.get("maxmemory_policy", settings.get("maxmemory-policy")),
        full_coverage=settings.get("cluster-require-full-coverage") == "yes" and bool(info.get("cluster_enabled")),
        replicas=int(info.get("connected_slaves", 0)),
    )


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
