"""Secrets that are told once, and again to a repeated request: derived from its key, so that nothing is kept.

Nobody can work them out without the server's own secret, which no backup holds.
"""

from base64 import b32encode, urlsafe_b64encode
from hashlib import blake2b

from queue_server.records.passwords import readable_password

__all__ = ["complaint_code", "digits_for", "password_for", "secret_for", "token_for"]


def token_for(secret: bytes, command: str) -> str:
    """The token of the device that a command lets in: 43 url-safe characters."""
    return urlsafe_b64encode(_digest(secret, "token", command, 32)).decode().rstrip("=")


def password_for(secret: bytes, command: str) -> str:
    """The password that a command makes up, as `random_password` would."""
    return readable_password(_digest(secret, "password", command, 16))


def secret_for(secret: bytes, command: str, size: int) -> bytes:
    """The secret of so many bytes, 64 at most, that a command renews."""
    return _digest(secret, "webhook", command, size)


def digits_for(secret: bytes, command: str) -> str:
    """16 hex digits for the id of what a command makes."""
    return _digest(secret, "id", command, 8).hex()


def complaint_code(secret: bytes, command: str) -> str:
    """What shows a complaint to whoever sent it in: 16 letters and digits that cannot be taken for each other."""
    return b32encode(_digest(secret, "complaint", command, 10)).decode()


def _digest(secret: bytes, purpose: str, command: str, size: int) -> bytes:
    return blake2b(f"{purpose} {command}".encode(), key=secret, digest_size=size).digest()
