"""Bearer tokens: random, shown once, kept only as their SHA-256."""

import hashlib
import secrets

__all__ = ["hash_token", "new_token"]

TOKEN_BYTES = 32  # 256 bits: nothing to guess, so a fast hash without salt is enough to store


def new_token() -> str:
    """Return a fresh token, 43 url-safe characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return the 64 hex digits under which `token` is stored. Any string will do: what callers send is not trusted."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
