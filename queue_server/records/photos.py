"""Photos of those who work at counters: public while they are on duty, so that people see who serves them."""

from collections.abc import Collection
from hashlib import blake2b
from typing import Protocol

import msgspec

from queue_server.records.errors import NoSuchRecord

__all__ = ["Photo", "PhotoStore", "Photos", "digest_of"]


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's photo. digest: another one for every other picture, for addresses and caches."""

    account: str
    digest: str
    picture: bytes  # a JPEG

    def __repr__(self) -> str:
        """Everything but the picture, which must not reach a log."""
        return f"Photo(account={self.account!r}, digest={self.digest!r})"


class PhotoStore(Protocol):
    """What photos need of a store. Guarantees: see `base`. Whoever's account is deleted has no photo either."""

    async def put_photo(self, photo: Photo) -> bool:
        """Keep it in place of the one before; False when there is no such account."""

    async def photo(self, account: str) -> Photo | None:
        """Return somebody's photo, None without one."""

    async def photo_digests(self, accounts: Collection[str]) -> dict[str, str]:
        """Return the digests of these accounts' photos, by account; nothing for one without."""

    async def delete_photo(self, account: str) -> bool:
        """Forget the picture; False when there was none."""


class Photos:
    """The photos of one store."""

    def __init__(self, store: PhotoStore) -> None:
        self._store = store

    async def put(self, account: str, picture: bytes) -> Photo:
        """Keep a picture, as `portrait` makes it, and return it as kept. Raises NoSuchRecord."""
        photo = Photo(account=account, digest=digest_of(picture), picture=picture)
        if not await self._store.put_photo(photo):
            raise NoSuchRecord(account)
        return photo

    async def get(self, account: str) -> Photo | None:
        """Return somebody's photo, None without one."""
        return await self._store.photo(account)

    async def digests(self, accounts: Collection[str]) -> dict[str, str]:
        """Return the digests of these accounts' photos, by account; nothing for one without."""
        return await self._store.photo_digests(accounts)

    async def delete(self, account: str) -> None:
        """Forget somebody's picture, if there is one."""
        await self._store.delete_photo(account)


def digest_of(picture: bytes) -> str:
    """The digest of a picture: 16 hex digits."""
    return blake2b(picture, digest_size=8).hexdigest()
