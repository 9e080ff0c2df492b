"""uvicorn's settings."""

from starlette.types import Receive, Scope, Send

from queue_server.push.raw_websocket import RawWebSocketProtocol
from queue_server.push.serving import MAX_MESSAGE_BYTES, server_config


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotImplementedError


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
