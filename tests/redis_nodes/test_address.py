"""What may stand in the setting `store`."""

import asyncio

import pytest

from queue_server.redis_nodes import Nodes, RedisError
from queue_server.redis_nodes.address import Address, Host


def _options(client: object) -> dict[str, object]:
    options: dict[str, object] = client.connection_pool.connection_kwargs  # type: ignore[attr-defined]
    return options


def test_one_redis() -> None:
    address = Address.read("redis://user:p%40ss@store.example:6380/2")
    assert (address.hosts, address.service) == ((Host("store.example", 6380),), None)
    options = _options(address.client(Host("another", 7)))
    assert {name: options[name] for name in ("host", "port", "username", "password", "db")} == {
        "host": "another", "port": 7, "username": "user", "password": "p@ss", "db": 2,
    }  # fmt: skip


def test_tls_with_its_options() -> None:
    client = Address.read("rediss://store?ssl_ca_certs=/etc/ca.pem").client(Host("store", 6379))
    assert "SSL" in client.connection_pool.connection_class.__name__
    assert _options(client)["ssl_ca_certs"] == "/etc/ca.pem"


def test_several_addresses_of_a_cluster() -> None:
    address = Address.read("redis://:secret@10.0.0.1:7000,10.0.0.2,[::1]:7002")
    assert [str(host) for host in address.hosts] == ["10.0.0.1:7000", "10.0.0.2:6379", "[::1]:7002"]
    options = _options(address.client(address.hosts[2]))
    assert (options["host"], options["port"], options["password"]) == ("::1", 7002, "secret")


def test_sentinels_have_users_of_their_own() -> None:
    """What is said of Redis is not told to them."""
    address = Address.read("redis+sentinel://:secret@s1,s2:5000/halls/1?sentinel_password=o%2Fther")
    assert (address.service, address.hosts) == ("halls", (Host("s1", 26379), Host("s2", 5000)))
    master, sentinel = _options(address.client(Host("m", 6379))), _options(address.sentinel(address.hosts[0]))
    assert (master["password"], master["db"]) == ("secret", 1)
    assert (sentinel["host"], sentinel["port"], sentinel["password"]) == ("s1", 26379, "o/ther")
    assert "db" not in sentinel
    without = _options(Address.read("redis+sentinel://:secret@s1/halls").sentinel(Host("s1", 26379)))
    assert without.get("password") is None


@pytest.mark.parametrize(
    "url",
    [
        *("redis://", "redis://a,,b", "redis://a:port", "redis+sentinel://s1", "redis://a:99999", "redis://a/b"),
        *("redis://a?no_option=1", "redis://a?socket_timeout=soon", "redis://a#b", "redis://a?b"),
    ],
)
def test_what_names_no_redis_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        Address.read(url)


@pytest.mark.parametrize("password", ["31416/x", "31416?x", "31416#x", "31416/x@y", "[31416]", "31416／", "x:31416/"])
def test_what_may_be_a_password_is_not_quoted(password: str) -> None:
    """It was not written as an address wants it: so the end of it may be taken for what comes after."""
    with pytest.raises(ValueError) as caught:
        Address.read(f"redis://user:{password}@store.example")
    assert "31416" not in str(caught.value)
    assert caught.value.__suppress_context__, "nor in a traceback"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://user:secret@a,[::1]:7/2?password=secret", "redis://a:6379,[::1]:7/2"),
        ("rediss://:secret@a", "rediss://a:6379"),
        ("redis+sentinel://:secret@a/halls?sentinel_password=secret", "redis+sentinel://a:26379/halls"),
    ],
)
def test_it_is_spoken_of_without_its_passwords(url: str, told: str) -> None:
    address = Address.read(url)
    assert (str(address), repr(address)) == (told, told)


async def test_a_redis_that_is_too_old_is_not_quoted_with_the_password() -> None:
    """It does not know how it is greeted, and says with which words."""

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"secret\r\n")
        writer.write(b"-ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `default`, `secret`, \r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(old, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        nodes = Nodes(f"redis://:secret@127.0.0.1:{port}", patience_s=0)
        with pytest.raises(RedisError, match="too old") as caught:
            await nodes.open()
        await nodes.close()
    assert "secret" not in str(caught.value)
