"""Secrets that are told once, and told again to a repeated request: derived from its key, so that nothing is kept."""

from base64 import urlsafe_b64encode
from hashlib import blake2b

from queue_server.records.passwords import readable_password

__all__ = ["password_for", "token_for"]


def token_for(secret: bytes, command_id: str) -> str:
    """The token of the device that a command lets in: 43 url-safe characters."""
    return urlsafe_b64encode(_digest(secret, "token", command_id, 32)).decode().rstrip("=")


def password_for(secret: bytes, command_id: str) -> str:
    """The password that a command makes up, as `random_password` would."""
    return readable_password(_digest(secret, "password", command_id, 16))


def _digest(secret: bytes, purpose: str, command_id: str, size: int) -> bytes:
    return blake2b(f"{purpose} {command_id}".encode(), key=secret, digest_size=size).digest()
