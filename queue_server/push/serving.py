"""How uvicorn is to be set up for this application."""

from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp
from uvicorn import Config

from queue_server.push.raw_http import RawHttpProtocol
from queue_server.push.raw_websocket import RawWebSocketProtocol

__all__ = ["MAX_MESSAGE_BYTES", "server_config"]

MAX_MESSAGE_BYTES = 65_536
"""The longest message that a client may send; a longer one is closed with 4522."""


def server_config(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 8000, trusted_proxies: Sequence[str] = (), **settings: Any
) -> Config:
    """What to give `uvicorn.Server`. trusted_proxies: addresses and networks of those who may say whom they speak for.

    `settings`: any of `uvicorn.Config`'s, to override what is said here.
    """
    ours: dict[str, Any] = {
        "http": RawHttpProtocol,
        "ws": RawWebSocketProtocol,
        "ws_max_size": MAX_MESSAGE_BYTES,
        "ws_per_message_deflate": False,  # it would encode each frame again for each reader, and keep 34 KiB for it
        # Heartbeats tell a reader that we live; pings tell us that a reader does. Each costs a timer and a write.
        "ws_ping_interval": 25.0,
        "ws_ping_timeout": 20.0,
        "backlog": 4_096,  # a hall's screens come back together after a restart
        "timeout_keep_alive": 30,  # a kiosk presses rarely; 5 s would mean a new connection each time
        "timeout_graceful_shutdown": 10,
        "proxy_headers": bool(trusted_proxies),  # nobody else is believed who says whom he speaks for
        "forwarded_allow_ips": [*trusted_proxies],
        "server_header": False,
        "access_log": False,  # paths hold tickets' ids
        "log_config": None,  # the application sets logging up itself
        "log_level": "warning",  # uvicorn tells each WebSocket's path at "info"
        "lifespan": "off",
    }
    return Config(app, host=host, port=port, **(ours | settings))
