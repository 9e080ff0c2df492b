"""The address at which a citizen reads what was done about a bad rating, and rates once more: unguessable, and known to
whoever left the rating by phone and to those who look after it.
"""

from base64 import urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest

__all__ = ["path_of", "rectification_in"]


def path_of(secret: bytes, hall: str, rectification: str) -> str:
    """The page's path."""
    return f"/follow-up/{hall}/{rectification}.{_code(secret, hall, rectification)}"


def rectification_in(secret: bytes, hall: str, follow_up: str) -> str | None:
    """The rectification that the last part of such a path stands for; None when nobody was given it."""
    rectification, _, code = follow_up.partition(".")
    is_ours = compare_digest(_code(secret, hall, rectification).encode(), code.encode())
    return rectification if is_ours else None


def _code(secret: bytes, hall: str, rectification: str) -> str:
    digest = blake2b(f"{hall} {rectification}".encode(), key=secret, digest_size=15).digest()
    return urlsafe_b64encode(digest).decode()
