"""The signature of a message, as Standard Webhooks has it: https://www.standardwebhooks.com. Pure."""

import hmac
from base64 import b64encode
from datetime import datetime

__all__ = ["SECRET_BYTES", "headers_of", "written"]

SECRET_BYTES = 32


def written(secret: bytes) -> str:
    """A secret as it is typed into the receiver."""
    return f"whsec_{b64encode(secret).decode()}"


def headers_of(secret: bytes, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers by which the receiver knows who sent a message, when, and that nobody changed it on the way.

    id: the same for every attempt, so that a receiver can leave out what it has. at: of the attempt, aware.
    """
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(secret, f"{id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }
