"""What stands in the setting `store`: where Redis is, and what kind of Redis it is."""

from typing import Any, NamedTuple, Self
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.maint_notifications import MaintNotificationsConfig

__all__ = ["ANSWER_S", "Address", "Host"]

ANSWER_S = 5.0
"""How long one answer may take: longer than a disk that is busy, shorter than anybody waits at a desk."""
CONNECT_S = 2.0
"""How long a connection may take."""

UNREADABLE = (
    "no address of a Redis: redis://[user:password@]host[:port][,host…][/database][?options], or rediss://…, or"
    " redis+sentinel://…/NAME; in a password, whatever is no letter or digit is written as %2F for /"
)


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
        Raises ValueError, which quotes nothing: what cannot be read may be a password.
        """
        try:
            address = cls._read(url)
            address.client(address.hosts[0]).connection_pool.make_connection()  # with options that there are
        except (TypeError, ValueError):
            raise ValueError(UNREADABLE) from None
        return address

    @classmethod
    def _read(cls, url: str) -> Self:
        """Raises ValueError, in words of others."""
        parts = urlsplit(url)
        scheme, plus, _ = parts.scheme.partition("+")
        user, at, hosts = parts.netloc.rpartition("@")
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        sentinel = [quote(options.pop(f"sentinel_{name}", ""), safe="") for name in ("username", "password")]
        service, _, database = parts.path[1:].partition("/") if plus else ("", "", parts.path[1:])
        if (plus and not service) or not (database or "0").isdecimal() or parts.fragment:
            raise ValueError
        plain = SplitResult(scheme, user + at, f"/{database}", urlencode(options), "")
        return cls(
            tuple(_host(host, 26379 if plus else 6379) for host in hosts.split(",")),
            service or None,
            plain,
            plain._replace(netloc="{}:{}@".format(*sentinel) if sentinel[1] else "", path=""),
        )

    def __str__(self) -> str:
        """What to call it when speaking of it: users, passwords and options stay unsaid."""
        sentinel, service = ("+sentinel", f"/{self.service}") if self.service else ("", "")
        database = self.parts.path if self.parts.path != "/" else ""
        return f"{self.parts.scheme}{sentinel}://{','.join(map(str, self.hosts))}{service}{database}"

    def __repr__(self) -> str:
        return str(self)

    def client(self, host: Host) -> Any:
        """A `redis.asyncio.Redis` of one Redis, not connected yet. It gives up at once: who asks tries again."""
        return self._client(self.parts, host)

    def sentinel(self, host: Host) -> Any:
        """Likewise of one Sentinel."""
        return self._client(self.sentinels, host)

    def _client(self, parts: SplitResult, host: Host) -> Any:
        client = Redis.from_url(
            parts._replace(netloc=f"{parts.netloc}{host}").geturl(),
            retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_S,
            socket_connect_timeout=CONNECT_S,
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        client.connection_pool.connection_class = _discreet(client.connection_pool.connection_class)
        return client


def _discreet(kind: Any) -> Any:
    """Connections of that kind, whose errors quote no password: a Redis too old for how it is greeted does."""

    class Discreet(kind):  # type: ignore[misc]  # which kind, the address says: with TLS or without
        async def on_connect_check_health(self, check_health: bool = True) -> None:
            try:
                await super().on_connect_check_health(check_health)
            except ResponseError as error:
                if "HELLO" not in str(error):
                    raise
                raise ResponseError("Redis is too old: 7.0 is the oldest that has functions") from None

    Discreet.__name__ = kind.__name__
    return Discreet


def _host(text: str, port: int) -> Host:
    parts = urlsplit(f"//{text}")
    if not parts.hostname:
        raise ValueError
    return Host(parts.hostname, parts.port or port)
