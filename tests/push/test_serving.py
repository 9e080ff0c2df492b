"""uvicorn's settings."""

from collections.abc import Sequence
from typing import Any

from starlette.types import Receive, Scope, Send

from queue_server.push.raw_websocket import RawWebSocketProtocol
from queue_server.push.serving import MAX_MESSAGE_BYTES, server_config


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotImplementedError


async def address_of(trusted: Sequence[str], claimed: bytes) -> Any:
    """What the application is told of a caller at 10.0.0.7 who claims to speak for somebody."""
    seen: list[Any] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["client"][0])

    config = server_config(look, trusted_proxies=trusted)
    config.load()
    scope = {"type": "http", "client": ("10.0.0.7", 1), "headers": [(b"x-forwarded-for", claimed)], "scheme": "http"}
    await config.loaded_app(scope, None, None)
    return seen[0]


async def test_only_a_trusted_proxy_is_believed_whom_it_speaks_for() -> None:
    """Nobody by default; of a chain the last address that is no trusted proxy's, whatever the first ones claim."""
    for nobody in ((), ("10.0.0.8",), ("10.0.1.0/24",)):
        assert await address_of(nobody, b"192.0.2.1") == "10.0.0.7"
    assert await address_of(["10.0.0.7"], b"192.0.2.1") == "192.0.2.1"
    assert await address_of(["10.0.0.0/24"], b"198.51.100.9, 192.0.2.1, 10.0.0.3") == "192.0.2.1"


def test_the_settings_that_the_wire_contract_rests_on() -> None:
    config = server_config(app, host="0.0.0.0", port=8080)
    assert (config.host, config.port) == ("0.0.0.0", 8080)
    assert config.ws is RawWebSocketProtocol
    assert config.ws_max_size == MAX_MESSAGE_BYTES == 64 * 1024
    assert not config.ws_per_message_deflate
    assert 20 <= (config.ws_ping_interval or 0) <= 30
    assert not config.access_log


def test_any_setting_can_be_overridden() -> None:
    assert server_config(app, ws_ping_interval=1.0, proxy_headers=False).ws_ping_interval == 1.0
