"""How a device page, which cannot set headers on a WebSocket, carries its token: as a subprotocol."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterable

__all__ = ["LIVE", "bearer_token", "offer"]

LIVE = "jiaohao.v1"
"""The subprotocol that the server selects whenever it is offered."""

_BEARER = "bearer."


def offer(token: str) -> list[str]:
    """The subprotocols to offer, in order."""
    return [LIVE, _BEARER + urlsafe_b64encode(token.encode()).decode().rstrip("=")]


def bearer_token(offered: Iterable[str]) -> str | None:
    """The token among the `offered` subprotocols; None when there is none. One that is no base64url is a ValueError."""
    for name in offered:
        if name.startswith(_BEARER):
            text = name.removeprefix(_BEARER)
            return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    return None
