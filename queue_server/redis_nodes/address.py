"""What stands in the setting `store`: where Redis is, and what kind of Redis it is."""

from typing import Any, NamedTuple, Self
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

__all__ = ["ANSWER_S", "Address", "Host"]

ANSWER_S = 5.0
"""How long one answer may take: longer than a disk that is busy, shorter than anybody waits at a desk."""
CONNECT_S = 2.0
"""How long a connection may take."""


class Host(NamedTuple):
    """A name or number, and a port."""

    name: str
    port: int

    def __str__(self) -> str:
        return f"[{self.name}]:{self.port}" if ":" in self.name else f"{self.name}:{self.port}"


class Address(NamedTuple):
    """Hosts to begin with, and how they and all others are spoken to."""

    hosts: tuple[Host, ...]
    service: str | None
    """What Sentinels call the master that they watch; None: `hosts` are Redis itself."""
    parts: SplitResult
    """Scheme, user and password, database and options, for any host."""
    sentinels: SplitResult
    """Likewise for Sentinels, which have users of their own."""

    @classmethod
    def read(cls, url: str) -> Self:
        """`redis://[user:password@]host[:port][,host…][/database][?options]`, `rediss://` over TLS,
        `redis+sentinel://…/service` by Sentinels.

        options: of redis-py's connections, `ssl_ca_certs` for example; `sentinel_username` and `sentinel_password`.
        Raises ValueError.
        """
        parts = urlsplit(url)
        scheme, plus, _ = parts.scheme.partition("+")
        user, at, hosts = parts.netloc.rpartition("@")
        options = dict(parse_qsl(parts.query))
        sentinel = options.pop("sentinel_username", ""), options.pop("sentinel_password", "")
        service, _, database = parts.path[1:].partition("/") if plus else ("", "", parts.path[1:])
        if plus and not service:
            raise ValueError("the address of Sentinels needs the name of what they watch: redis+sentinel://…/NAME")
        plain = SplitResult(scheme, user + at, f"/{database}", urlencode(options), "")
        return cls(
            tuple(_host(host, 26379 if plus else 6379) for host in hosts.split(",")),
            service or None,
            plain,
            plain._replace(netloc="{}:{}@".format(*sentinel) if sentinel[1] else "", path=""),
        )

    def client(self, host: Host) -> Any:
        """A `redis.asyncio.Redis` of one Redis, not connected yet. It gives up at once: who asks tries again."""
        return self._client(self.parts, host)

    def sentinel(self, host: Host) -> Any:
        """Likewise of one Sentinel."""
        return self._client(self.sentinels, host)

    def _client(self, parts: SplitResult, host: Host) -> Any:
        return Redis.from_url(
            parts._replace(netloc=f"{parts.netloc}{host}").geturl(),
            retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_S,
            socket_connect_timeout=CONNECT_S,
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )


def _host(text: str, port: int) -> Host:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError(f"an address of Redis needs a host: {text!r}")
    return Host(parts.hostname, parts.port or port)
